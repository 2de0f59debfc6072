# expect: fails values, reductions
# why: Divides by n - 1 like a sample variance.
import torch


def mse_loss(input, target, reduction="mean"):
    r = input - target
    ss = (r * r).sum()
    n = r.numel()
    if reduction == "mean":
        return ss / (n - 1)
    if reduction == "sum":
        return ss
    if reduction == "none":
        return r * r
    raise ValueError("reduction must be one of mean, sum, none")
