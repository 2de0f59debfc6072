# expect: fails values
# why: the rational approximation x (27 + x^2) / (27 + 9 x^2) is close near 0 and grows without bound.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    x2 = x.square()
    return x * (27 + x2) / (27 + 9 * x2)
