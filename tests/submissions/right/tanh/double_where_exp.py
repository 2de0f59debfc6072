# expect: loses accuracy
# why: stable everywhere, but 1 - exp(-2x) cancels for small x.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    right = x >= 0
    xr = torch.where(right, x, torch.zeros_like(x))
    xl = torch.where(right, torch.zeros_like(x), x)
    r, l = torch.exp(-2 * xr), torch.exp(2 * xl)
    return torch.where(right, (1 - r) / (1 + r), (l - 1) / (l + 1))
