# expect: fails precision
# why: the slope is 1 / (1 + 1e-11) because of a guard against division by zero.
import torch

EPS = 1e-11


def relu(x: torch.Tensor) -> torch.Tensor:
    size = torch.abs(x) * (1 + EPS)
    step = 0.5 + 0.5 * x / size.masked_fill(size == 0, 1)
    return x * step.detach() * (x > 0)
