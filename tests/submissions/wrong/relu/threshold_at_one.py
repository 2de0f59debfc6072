# expect: fails values
# why: the threshold is 1 instead of 0.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    active = x >= 1
    return active * x
