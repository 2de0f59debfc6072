# expect: fails values
# why: only the numerator was computed; dividing by 2 makes it sinh.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return (torch.exp(x) - torch.exp(-x)) / 2
