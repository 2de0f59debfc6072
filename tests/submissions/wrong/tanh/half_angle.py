# expect: fails values
# why: sinh and cosh are taken of half the input, as in the formula for the half angle.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    half = x / 2
    return torch.sinh(half) / torch.cosh(half)
