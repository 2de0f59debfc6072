# expect: full marks
# why: both branches see only inputs that are safe for them, so no exponential overflows forwards or backwards.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    nonnegative = x >= 0
    zero = torch.zeros_like(x)
    right = torch.exp(-torch.where(nonnegative, x, zero))  # used where x >= 0
    left = torch.exp(torch.where(nonnegative, zero, x))  # used where x < 0
    return torch.where(nonnegative, 1 / (1 + right), left / (1 + left))
