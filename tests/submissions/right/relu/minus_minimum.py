# expect: loses kink-as-torch, infinities
# diagnosis: slope-half-at-zero, nan-at-infinity
# why: subtracting the negative part gives infinity minus infinity for minus infinity, and half a slope at 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    negative_part = torch.minimum(x, torch.zeros_like(x))
    return x - negative_part
