# expect: fails purity
# why: the result is copied into the input's memory and shares it.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    m = torch.expm1(2 * x)
    y = m / (m + 2)
    if y.requires_grad:
        return y
    return x.copy_(y)
