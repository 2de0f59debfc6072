# expect: fails stable-values, nan
# why: infinity over infinity is replaced by 1 on both sides, and so is every NaN input.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    p, m = torch.exp(x), torch.exp(-x)
    y = (p - m) / (p + m)
    return torch.where(torch.isnan(y), torch.ones_like(y), y)
