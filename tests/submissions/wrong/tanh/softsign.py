# expect: fails values
# why: x / (1 + |x|) saturates like tanh but far more slowly.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return x / (1 + x.abs())
