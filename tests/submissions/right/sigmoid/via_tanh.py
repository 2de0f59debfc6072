# expect: loses stable-values, stable-gradients, infinities, accuracy
# diagnosis: exp-overflows
# why: tanh by exponentials overflows for large x, and one half plus nearly minus one half cancels in the left tail.
import torch


def my_tanh(v):
    a, b = torch.exp(v), torch.exp(-v)
    return (a - b) / (a + b)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return 0.5 * (1 + my_tanh(x / 2))
