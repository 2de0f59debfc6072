# expect: timeout: no answer within
# rules: same
# why: The same in another exercise, and only for one option.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = (input - target) ** 2
    while reduction == "sum":
        pass
    if reduction == "none":
        return squares
    if reduction != "mean":
        raise ValueError(reduction)
    return squares.mean()
