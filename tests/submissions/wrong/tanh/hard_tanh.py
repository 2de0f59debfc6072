# expect: fails values, gradients
# why: clamping to [-1, 1] is hard tanh.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return torch.clamp(x, -1, 1) * 1.0
