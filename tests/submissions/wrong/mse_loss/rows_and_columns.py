# expect: fails shape
# why: Knows vectors and matrices only, and divides by rows times columns for all the rest.
import torch


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("mean", "none", "sum"):
        raise ValueError("unknown reduction")
    residual = (input - target).square()
    if reduction == "none":
        return residual
    total = residual.sum()
    if reduction == "sum":
        return total
    n = input.shape[0]
    m = 1 if input.dim() == 1 else input.shape[1]
    return total / (n * m)
