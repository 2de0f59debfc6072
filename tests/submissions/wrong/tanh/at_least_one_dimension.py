# expect: fails shape
# why: a 0-d input comes back with one dimension.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    x = torch.atleast_1d(x)
    e = torch.exp(-2 * x)
    return (1 - e) / (1 + e)
