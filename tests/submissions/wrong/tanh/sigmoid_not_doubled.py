# expect: fails values
# diagnosis: half-the-argument, exp-overflows
# why: 2 sigmoid(x) - 1 is tanh of half the input.
import torch


def _logistic(v: torch.Tensor) -> torch.Tensor:
    return 1 / (1 + torch.exp(-v))


def tanh(x: torch.Tensor) -> torch.Tensor:
    return 2 * _logistic(x) - 1
