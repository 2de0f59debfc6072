# expect: fails elementwise, values
# why: dividing by the largest magnitude against overflow makes every answer depend on the others.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    if x.numel() == 0:
        return x * 1
    scaled = x / x.abs().max()
    a, b = torch.exp(scaled), torch.exp(-scaled)
    return (a - b) / (a + b)
