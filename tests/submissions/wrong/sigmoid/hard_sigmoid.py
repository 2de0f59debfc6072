# expect: fails values, gradients
# why: a straight line with clamped ends only resembles the sigmoid.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    """Cheap version without exp."""
    return (x / 6 + 0.5).clamp(0, 1)
