# expect: fails values, gradients
# diagnosis: leaky
# why: negative inputs keep a hundredth of themselves, which is leaky ReLU.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    return torch.where(x > 0, x, 0.01 * x)
