# expect: loses stable-values, stable-gradients, infinities
# diagnosis: exp-overflows
# why: sinh and cosh overflow for large inputs; near 0 sinh keeps all digits.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return torch.sinh(x).div(torch.cosh(x))
