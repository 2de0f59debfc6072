# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: log1p(exp(-x)) overflows to infinity for very negative x; the value recovers, the gradient is NaN.
import torch


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    log_sigmoid = -torch.log1p(torch.exp(-x))
    return torch.exp(log_sigmoid)
