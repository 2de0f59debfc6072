# expect: fails values
# diagnosis: negative-part-kept, slope-half-at-zero
# why: takes the smaller of x and 0 instead of the larger.
import torch


def relu(x: torch.Tensor) -> torch.Tensor:
    zero = torch.zeros_like(x)
    return torch.minimum(zero, x)
