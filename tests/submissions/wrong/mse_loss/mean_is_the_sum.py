# expect: fails values
# diagnosis: sum-for-mean
# why: Forgets to divide for the mean.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = (input - target).pow(2)
    if reduction in ("mean", "sum"):
        return squares.sum()
    if reduction == "none":
        return squares
    raise ValueError("what reduction is " + repr(reduction) + "?")
