# expect: fails infinities, nan
# why: everything that is not finite is sent to 0 before the formula.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    clean = torch.where(torch.isfinite(x), x, torch.zeros_like(x))
    return 1 / (1 + torch.exp(-clean))
