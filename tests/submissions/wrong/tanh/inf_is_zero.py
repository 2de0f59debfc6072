# expect: fails infinities
# why: infinities are replaced by 0 as if they were errors in the data.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    x = x.masked_fill(torch.isinf(x), 0.0)
    return 2 / (1 + torch.exp(-2 * x)) - 1
