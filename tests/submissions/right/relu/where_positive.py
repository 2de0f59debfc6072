# expect: loses nan
# diagnosis: nan-swallowed
# why: NaN > 0 is false, so NaN becomes 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x > 0, x, torch.zeros_like(x))
