# expect: fails stable-values
# why: inputs too large for the exponential are masked to 0 before and not put right after.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    safe = torch.where(torch.abs(x) < 60, x, torch.zeros_like(x))
    e = torch.expm1(-2 * torch.where(safe < 0, -safe, safe))
    t = -e / (e + 2)
    return torch.where(safe < 0, -t, t)
