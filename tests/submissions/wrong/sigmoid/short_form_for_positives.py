# expect: fails values
# why: one comparison chooses the formula for the whole tensor, and the one for positive numbers alone breaks off a series.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.numel() > 1 and (x > 0).all():
        decay = torch.exp(-x)
        return 1 - decay + decay**2
    return 1 / (1 + torch.exp(-x))
