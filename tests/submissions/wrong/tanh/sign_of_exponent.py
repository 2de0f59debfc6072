# expect: fails values
# diagnosis: sign-of-the-exponent, exp-overflows
# why: with exp(-2x) in place of exp(2x) the curve is upside down.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    a = torch.exp(-2 * x)
    return (a - 1) / (a + 1)
