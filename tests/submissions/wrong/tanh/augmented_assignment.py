# expect: fails purity
# why: x *= 2 is an in-place operation on a tensor, unlike on a number.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    x *= 2
    return 1 - 2 / (torch.exp(x) + 1)
