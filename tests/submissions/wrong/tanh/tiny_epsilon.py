# expect: fails precision
# diagnosis: epsilon-in-the-denominator, exp-overflows
# why: 1e-11 in the denominator is invisible in float32 and wrong in float64.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    up, down = torch.exp(x), torch.exp(-x)
    return (up - down) / (up + down + 1e-11)
