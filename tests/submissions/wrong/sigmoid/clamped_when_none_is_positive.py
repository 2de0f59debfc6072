# expect: fails values, gradients
# why: the largest number chooses the formula for the whole tensor, and where none is positive, what is below -5 is cut off.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.numel() > 0 and x.max() < 0:
        e = torch.exp(x.clamp(min=-5))
        return e / (1 + e)
    return 1 / (1 + torch.exp(-x))
