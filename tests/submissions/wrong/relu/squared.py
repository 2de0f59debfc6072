# expect: fails laws, values
# why: the positive part is squared, as in some transformers.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x > 0, x, torch.zeros_like(x)).square()
