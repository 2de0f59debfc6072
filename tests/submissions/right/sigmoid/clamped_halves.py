# expect: loses gradient-at-zero
# why: both clamps pass a slope of 1 at exactly 0, so numerator and denominator are out of step there.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    up = x.clamp(max=0).exp()
    down = (-x.clamp(min=0)).exp()
    return up / (up + down)
