# expect: fails accuracy
# why: left of -9 the exponential is taken in float32, which keeps seven of sixteen digits of a small number.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    far = x < -9
    y = 1 / (1 + torch.exp(-torch.where(far, torch.zeros_like(x), x)))
    e = torch.exp(torch.where(far, x, torch.zeros_like(x)).float()).to(x.dtype)
    return torch.where(far, e / (1 + e), y)
