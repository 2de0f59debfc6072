# expect: fails purity
# diagnosis: input-overwritten
# why: the mask assignment writes into the caller's tensor.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    x[x < 0] = 0
    return x
