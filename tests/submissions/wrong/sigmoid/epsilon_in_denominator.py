# expect: fails precision
# diagnosis: epsilon-in-the-denominator, exp-overflows
# why: an epsilon against division by zero that cannot happen costs digits in float64.
import torch

EPS = 1e-12


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-x) + EPS)
