# expect: loses kink-as-torch
# diagnosis: slope-half-at-zero
# why: maximum shares the gradient between equal arguments, so the slope at 0 is one half.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.maximum(x, torch.zeros_like(x))
