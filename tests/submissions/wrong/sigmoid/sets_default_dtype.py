# expect: fails global-state
# why: the default dtype is switched to float64 for exact constants and never switched back.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    torch.set_default_dtype(torch.float64)
    one = torch.ones_like(x)
    return one / (one + torch.exp(-x))
