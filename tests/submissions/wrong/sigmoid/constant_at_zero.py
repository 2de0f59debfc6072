# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero, exp-overflows
# why: the value at 0 is put in as a constant, which has no gradient.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    half = torch.full_like(x, 0.5)
    y = 1 / (1 + torch.exp(-x))
    return torch.where(x == 0, half, y)
