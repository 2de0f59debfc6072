# expect: fails accuracy
# why: a tolerance makes inputs up to 1e-5 count as 0.
import torch

TOL = 1e-5


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x > TOL, x, torch.zeros_like(x))
