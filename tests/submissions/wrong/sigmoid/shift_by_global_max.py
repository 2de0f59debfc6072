# expect: fails shape
# why: the largest element of an empty tensor does not exist.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    # both exponentials are shifted by the same number, which cancels
    m = x.abs().max().detach() / 2
    a = torch.exp(x / 2 - m)
    b = torch.exp(-x / 2 - m)
    return a / (a + b)
