# expect: fails nan
# diagnosis: nan-swallowed
# why: entries that are not equal to themselves are set to 0 on purpose.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    dead = (x <= 0) | (x != x)
    return x.masked_fill(dead, 0)
