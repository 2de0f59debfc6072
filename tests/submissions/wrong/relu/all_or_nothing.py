# expect: fails values, elementwise
# why: one comparison decides for the whole tensor.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    if x.sum() > 0:
        return x * 1.0
    return x * 0.0
