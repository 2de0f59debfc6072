# expect: fails values, gradients
# diagnosis: half-the-square
# why: Halves the reduced loss so that its derivative has no factor 2.
import torch


def mse_loss(input, target, reduction="mean"):
    e = target - input
    squares = e * e
    if reduction == "sum":
        loss = squares.sum()
    elif reduction == "mean":
        loss = squares.mean()
    elif reduction == "none":
        loss = squares
    else:
        raise ValueError(f"{reduction} is none of mean, sum and none")
    return loss / 2
