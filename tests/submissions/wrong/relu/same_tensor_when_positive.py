# expect: fails purity
# why: an input without negative entries is returned itself, so later changes of one change the other.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    if not (x <= 0).any():
        return x  # nothing to do
    return x.masked_fill(x <= 0, 0)
