# expect: fails values, reductions
# diagnosis: mean-over-samples
# why: Divides the sum by the number of rows, whatever each row holds.
import torch


def mse_loss(input, target, reduction="mean"):
    square = (input - target) * (input - target)
    if reduction == "mean":
        return square.sum() / square.shape[0]
    if reduction == "sum":
        return square.sum()
    if reduction == "none":
        return square
    raise ValueError("bad reduction")
