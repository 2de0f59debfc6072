# expect: fails layout
# why: a transposed or strided input cannot be viewed with its rows joined.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    shape = x.size()
    column = x.view(x.numel(), 1)
    e = torch.exp(-2 * column)
    t = (1 - e) / (1 + e)
    return t.view(shape)
