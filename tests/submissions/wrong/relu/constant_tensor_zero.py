# expect: fails dtype
# why: torch.tensor(0.0) is a 0-d float32 tensor, and so becomes the result for 0-d halves.
import torch

ZERO = torch.tensor(0.0)


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x > ZERO, x, ZERO)
