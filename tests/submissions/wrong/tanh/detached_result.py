# expect: fails graph, gradients
# diagnosis: detached-result, exp-overflows
# why: the result is detached before it is returned.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(2 * x)
    y = (e - 1) / (e + 1)
    return y.clone().detach()
