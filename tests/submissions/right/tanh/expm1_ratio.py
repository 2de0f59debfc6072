# expect: loses stable-values, stable-gradients, infinities
# diagnosis: exp-overflows
# why: expm1(2x) is exact near 0 but still overflows for large x.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    m = torch.special.expm1(x + x)
    return m / (m + 2)
