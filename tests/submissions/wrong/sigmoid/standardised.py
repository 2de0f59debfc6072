# expect: fails elementwise, values
# why: the input is centred with the batch's mean first, so every element depends on all others.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    x = x - x.mean()
    return 1 / (1 + torch.exp(-x))
