# expect: fails values, gradients
# why: beyond 8 the answer is set to 1, which is wrong in the seventh digit and has no gradient.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    t = 1 - 2 / (torch.exp(2 * x) + 1)
    t = torch.where(x > 8, torch.ones_like(t), t)
    return torch.where(x < -8, -torch.ones_like(t), t)
