# expect: loses stable-gradients, accuracy
# diagnosis: exp-overflows
# why: 2 sigmoid(2x) - 1 with the textbook sigmoid overflows backwards on the left and cancels near 0.
import torch


def sigmoid(v):
    return 1.0 / (1.0 + torch.exp(-v))


def tanh(x: torch.Tensor) -> torch.Tensor:
    return 2.0 * sigmoid(2.0 * x) - 1.0
