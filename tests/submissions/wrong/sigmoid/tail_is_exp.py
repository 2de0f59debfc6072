# expect: fails accuracy
# why: below -12 the denominator is left out; the absolute error is tiny, the relative one is not.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    low = torch.where(x < 0, x, torch.zeros_like(x)).exp()
    high = torch.where(x < 0, torch.zeros_like(x), x).neg().exp()
    y = torch.where(x < 0, low / (1 + low), 1 / (1 + high))
    return torch.where(x < -12, low, y)  # e^x is all that is left there
