# expect: fails graph
# why: the result asks for gradients even when the input does not or gradients are switched off.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    y = 1 / (1 + torch.exp(-x))
    y.requires_grad_(True)
    return y
