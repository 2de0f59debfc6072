# expect: loses kink-as-torch, infinities
# diagnosis: slope-half-at-zero, nan-at-infinity
# why: the step (sign(x) + 1) / 2 is one half at 0, and minus infinity times 0 is NaN.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    step = (torch.sign(x) + 1) / 2
    return x * step
