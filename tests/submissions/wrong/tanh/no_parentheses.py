# expect: fails values
# why: without parentheses only the middle terms are divided.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(x) - torch.exp(-x) / torch.exp(x) + torch.exp(-x)
