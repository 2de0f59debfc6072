# expect: fails values
# diagnosis: epsilon-in-the-denominator, exp-overflows
# why: an epsilon of 1e-6 in a denominator that is never 0 changes the seventh digit.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    numerator = torch.exp(x) - torch.exp(-x)
    denominator = torch.exp(x) + torch.exp(-x)
    return numerator / (denominator + 1e-6)
