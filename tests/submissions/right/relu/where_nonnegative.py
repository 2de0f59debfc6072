# expect: loses kink-as-torch, nan
# diagnosis: slope-one-at-zero, nan-swallowed
# why: x >= 0 keeps the slope 1 at 0 and turns NaN into 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    is_nonnegative = x.ge(0)
    return torch.where(is_nonnegative, x, 0.0)
