# expect: fails nan
# diagnosis: nan-swallowed
# why: NaN is neither >= 0 nor < 0, so both guarded branches see 0 and the answer is one half.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    pos, neg = x >= 0, x < 0
    xp = torch.where(pos, x, torch.zeros_like(x))
    xn = torch.where(neg, x, torch.zeros_like(x))
    return torch.where(pos, 1 / (1 + torch.exp(-xp)), torch.exp(xn) / (1 + torch.exp(xn)))
