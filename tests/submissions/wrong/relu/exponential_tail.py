# expect: fails values
# why: negative inputs give e^x - 1, which is ELU.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    tail = torch.expm1(x.clamp(max=0))
    return torch.where(x > 0, x, tail)
