# expect: fails values
# diagnosis: missing-parentheses, exp-overflows
# why: without parentheses only the middle terms are divided.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(x) - torch.exp(-x) / torch.exp(x) + torch.exp(-x)
