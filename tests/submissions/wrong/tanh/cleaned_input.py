# expect: fails nan
# diagnosis: nan-swallowed, exp-overflows
# why: nan_to_num on the input hides bad data as 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    x = torch.nan_to_num(x, nan=0.0)
    e = torch.exp(-2 * x)
    return 2 / (1 + e) - 1
