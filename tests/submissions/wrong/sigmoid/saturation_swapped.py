# expect: fails stable-values, infinities
# why: the saturated ends are handled by hand and mixed up.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    safe = torch.where(x.abs() > 50, torch.zeros_like(x), x)
    y = 1 / (1 + torch.exp(-safe))
    y = torch.where(x > 50, torch.zeros_like(y), y)
    return torch.where(x < -50, torch.ones_like(y), y)
