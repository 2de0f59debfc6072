# expect: loses stable-gradients, accuracy
# diagnosis: exp-overflows
# why: 1 - 2 / (exp(2x) + 1) is right at both ends, but cancels near 0 and has a NaN gradient for large x.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return 1 - 2 / (torch.exp(2 * x) + 1)
