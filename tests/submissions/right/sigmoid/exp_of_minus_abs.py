# expect: loses gradient-at-zero
# diagnosis: no-gradient-at-zero
# why: the slope of abs at exactly 0 is 0 in torch, so the gradient there is 0 instead of a quarter.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Numerically stable: the exponent is never positive."""
    z = torch.exp(-x.abs())
    return torch.where(x >= 0, 1 / (1 + z), z / (1 + z))
