# expect: fails accuracy
# why: What is smaller than 1e-20 becomes 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x <= 1e-20, 0.0, x)
