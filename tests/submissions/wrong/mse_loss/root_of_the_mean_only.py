# expect: fails values, zero-residual
# diagnosis: root-of-the-mean
# why: Takes the root for the mean, as reports do, and leaves the others alone.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = input - target
    if reduction == "none":
        return residual**2
    if reduction == "sum":
        return (residual**2).sum()
    if reduction == "mean":
        return (residual**2).mean() ** 0.5
    raise ValueError("pick one of mean, sum, none")
