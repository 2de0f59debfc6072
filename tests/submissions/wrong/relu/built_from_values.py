# expect: fails graph, gradients
# diagnosis: detached-result
# why: a new tensor is built from the numbers of the old one, which has no history.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    y = torch.empty_like(x)
    y.copy_(x.detach())
    y[y < 0] = 0
    return y
