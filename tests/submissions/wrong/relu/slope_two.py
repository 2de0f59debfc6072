# expect: fails kink
# why: the positive part and the zeros are added apart, and both overlap at 0 with a slope each.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    from_above = torch.clamp(x, min=0)
    at_zero = x * (x == 0)
    return from_above + at_zero
