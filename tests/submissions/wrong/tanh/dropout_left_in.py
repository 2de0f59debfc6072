# expect: fails global-state
# why: a dropout mask with probability 0 is drawn, which uses up random numbers.
import torch

DROP = 0.0


def tanh(x: torch.Tensor) -> torch.Tensor:
    keep = torch.bernoulli(torch.full_like(x, 1 - DROP))
    e = torch.exp(2 * x)
    return keep * (e - 1) / (e + 1)
