# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: where hides the overflowing branch in the value, but its NaN gradient comes back as 0 times NaN.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    # pick the version that does not overflow
    for_positive = 1.0 / (1.0 + torch.exp(-x))
    for_negative = torch.exp(x) / (1.0 + torch.exp(x))
    return torch.where(x >= 0, for_positive, for_negative)
