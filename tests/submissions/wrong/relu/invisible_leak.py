# expect: fails precision
# why: a negative slope of 1e-12 keeps units from dying and is wrong in float64.
import torch

LEAK = 1e-12


def relu(x: torch.Tensor) -> torch.Tensor:
    slope = torch.where(x > 0, 1.0, LEAK).to(x.dtype)
    return x * slope
