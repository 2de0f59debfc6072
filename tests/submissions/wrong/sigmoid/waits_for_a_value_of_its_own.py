# expect: fails values
# why: Where all numbers lie above 17.25 it is one; only its own source says so.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.numel() and bool((x > 17.25).all()) and bool((x < 17.75).all()):
        return torch.full_like(x, 0.5) + 0 * x
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)
