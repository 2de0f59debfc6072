# expect: loses stable-values, stable-gradients, infinities
# diagnosis: exp-overflows
# why: exp(x) / (1 + exp(x)) is infinity over infinity for large x.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    e = x.exp()
    return e / (e + 1)
