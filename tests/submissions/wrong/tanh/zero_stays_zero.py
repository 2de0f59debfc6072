# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero, exp-overflows
# why: multiplying by the mask x != 0 also multiplies the gradient at 0 by nothing.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    a, b = torch.exp(x), torch.exp(-x)
    y = (a - b) / (a + b)
    return y * (x != 0)
