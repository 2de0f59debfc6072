# expect: fails values
# why: five terms of the exponential's series are right near 0 only.
import torch


def _exp(t):
    total, term = torch.ones_like(t), torch.ones_like(t)
    for n in range(1, 6):
        term = term * t / n
        total = total + term
    return total


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + _exp(-x))
