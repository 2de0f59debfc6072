# expect: fails vectorised
# why: Halves the data recursively down to single elements.
import torch


def _total(a, b):
    n = a.numel()
    if n <= 1:
        return ((a - b) ** 2).sum()
    middle = n // 2
    return _total(a[:middle], b[:middle]) + _total(a[middle:], b[middle:])


def mse_loss(input, target, reduction="mean"):
    if reduction == "none":
        return (input - target) ** 2
    total = _total(input.flatten(), target.flatten())
    if reduction == "sum":
        return total
    if reduction == "mean":
        return total / input.numel()
    raise ValueError("unknown reduction " + repr(reduction))
