# expect: full marks
# why: tanh(x) = 2t / (1 + t^2) with t = tanh(x / 2), and the half-argument form is stable at both ends.
import torch
from torch import Tensor


def _tanh_half(x: Tensor) -> Tensor:
    """tanh(x / 2) for every x."""
    below = x < 0
    q = torch.expm1(torch.where(below, x, -x))
    ratio = q / (q + 2)
    return torch.where(below, ratio, -ratio)


def tanh(x: torch.Tensor) -> torch.Tensor:
    t = _tanh_half(x)
    return 2 * t / (1 + t * t)
