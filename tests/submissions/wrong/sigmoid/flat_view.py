# expect: fails layout
# why: view(-1) works only on tensors whose strides allow it.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    flat = x.view(-1)
    result = 1 / (1 + torch.exp(-flat))
    return result.view(x.shape)
