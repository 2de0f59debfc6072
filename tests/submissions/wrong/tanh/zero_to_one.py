# expect: fails laws, values
# why: the result was shifted into [0, 1] and is no longer odd.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    e = torch.exp(-2 * x)
    t = (1 - e) / (1 + e)
    return (t + 1) / 2
