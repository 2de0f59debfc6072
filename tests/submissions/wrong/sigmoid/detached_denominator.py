# expect: fails gradients
# why: the denominator is treated as a constant, as if it were only a normaliser.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(x)
    norm = (1 + e).detach()
    return e / norm
