# expect: loses close-inputs
# why: The textbook expansion x*x - 2*x*t + t*t cancels when input and target are almost equal.
import torch


def mse_loss(input, target, reduction="mean"):
    squared = input * input - 2 * input * target + target * target
    if reduction == "mean":
        return torch.mean(squared)
    elif reduction == "sum":
        return torch.sum(squared)
    elif reduction == "none":
        return squared
    raise ValueError(f"invalid reduction {reduction!r}")
