# expect: fails values, gradients
# diagnosis: leaky, slope-half-at-zero
# why: the larger of x and a tenth of x is leaky ReLU.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.maximum(x, x / 10)
