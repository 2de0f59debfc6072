# expect: fails values
# diagnosis: rounded-e, exp-overflows
# why: e typed as 2.71828 is wrong in the seventh digit.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = 2.71828
    up, down = e**x, e ** (-x)
    return (up - down) / (up + down)
