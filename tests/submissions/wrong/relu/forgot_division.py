# expect: fails values
# why: x + |x| is twice the ReLU.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return x + x.abs()
