# expect: fails values
# why: the smallest number chooses the formula for the whole tensor, and the one for positive numbers is right from 5 on only.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    if x.numel() > 1 and x.min() > 0:
        return 1 - 2 * torch.exp(-2 * x)
    return 1 - 2 / (1 + torch.exp(2 * x))
