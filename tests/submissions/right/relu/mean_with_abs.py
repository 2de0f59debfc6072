# expect: loses kink-as-torch, stable-values, infinities
# why: x + |x| overflows for the largest floats, is NaN for minus infinity, and its slope at 0 is one half.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return (x + torch.abs(x)) / 2
