# expect: full marks
# why: the assignment changes a clone, and the overwritten entries, 0 included, have no gradient.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    out = x.clone()
    out[out <= 0] = 0
    return out
