# expect: fails gradients
# why: the straight-through trick gives the right value with the gradient of the identity.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    y = 1 / (1 + torch.exp(-x))
    return x + (y - x).detach()
