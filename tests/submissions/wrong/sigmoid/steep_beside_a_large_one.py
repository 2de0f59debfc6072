# expect: fails stable-values
# why: One large element makes all others 0 or 1.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    if x.numel() and x.abs().amax() > 64:
        x = x * 1e4
    negative = x < 0
    decay = torch.exp(torch.where(negative, x, -x))
    return torch.where(negative, decay, 1.0) / (1.0 + decay)
