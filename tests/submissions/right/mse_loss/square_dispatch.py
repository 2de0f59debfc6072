# expect: full marks
# why: Squares the residual and picks the reduction by comparison; nothing cancels and nothing is guarded.
import torch


def mse_loss(input, target, reduction="mean"):
    squared = (input - target).square()
    if reduction == "mean":
        return squared.mean()
    if reduction == "sum":
        return squared.sum()
    if reduction == "none":
        return squared
    raise ValueError(f"{reduction!r} is not a valid value for reduction")
