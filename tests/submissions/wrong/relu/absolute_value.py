# expect: fails values, gradients
# why: negative inputs are reflected instead of removed.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.abs(x)
