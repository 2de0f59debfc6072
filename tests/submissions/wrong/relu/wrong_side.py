# expect: fails values
# why: min and max are confused, so the negative part is kept.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.clamp(x, max=0)
