# expect: fails values, gradients
# why: all negative numbers together take a formula of their own, in which -1 is reached at -4.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    if x.numel() > 0 and (x < 0).all():
        e = torch.exp(2 * x)
        return torch.where(x > -4, (e - 1) / (e + 1), -1.0 + 0 * x)
    return 1 - 2 / (1 + torch.exp(2 * x))
