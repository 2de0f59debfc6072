# expect: fails values
# why: numerator and denominator are swapped, which is the cotangent's hyperbolic cousin and infinite at 0.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    p, m = torch.exp(x), torch.exp(-x)
    return (p + m) / (p - m)
