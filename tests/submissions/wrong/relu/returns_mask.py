# expect: fails values
# why: the comparison itself is returned as numbers: a step, not a ramp.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    step = (x > 0).to(x.dtype)
    return step + 0 * x
