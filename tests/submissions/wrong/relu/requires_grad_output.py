# expect: fails graph, gradients
# why: the detached result is made a new leaf that requires gradients, as if that restored the graph.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    y = torch.where(x > 0, x, torch.zeros_like(x)).detach()
    return y.requires_grad_()
