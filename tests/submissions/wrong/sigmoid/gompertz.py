# expect: fails laws, values
# why: exp(-exp(-x)) is another S-curve, not symmetric about one half.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return torch.exp(-torch.exp(-x))
