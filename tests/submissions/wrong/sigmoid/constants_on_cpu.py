# expect: fails device
# why: torch.ones(x.shape) lives on the CPU wherever x is.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    ones = torch.ones(x.shape, dtype=x.dtype)
    return ones / (ones + torch.exp(-x))
