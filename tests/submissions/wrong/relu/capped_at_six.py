# expect: fails values
# why: a ceiling of 6 makes it ReLU6.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    low = torch.maximum(x, torch.zeros_like(x))
    return torch.minimum(low, torch.full_like(x, 6))
