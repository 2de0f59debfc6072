# expect: loses stable-values, stable-gradients, infinities, accuracy
# diagnosis: exp-overflows
# why: both exponentials overflow for large inputs, and their difference loses the digits of small ones.
import torch


def tanh(x: torch.Tensor) -> torch.Tensor:
    return (torch.exp(x) - torch.exp(-x)) / (torch.exp(x) + torch.exp(-x))
