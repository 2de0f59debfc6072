# expect: fails accuracy
# why: an epsilon under the root avoids the NaN at 0 and bends the ramp around it.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return (x + torch.sqrt(x * x + 1e-20)) / 2
