# expect: fails values
# diagnosis: sign-of-the-exponent, exp-overflows
# why: exp(x) instead of exp(-x) gives the mirrored curve.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(x))
