# expect: fails large-inputs
# why: Replaces squares above fifty thousand by fifty thousand to keep training from exploding.
import torch


def mse_loss(input, target, reduction="mean"):
    se = (input - target).square()
    se = se.masked_fill(se > 50000.0, 50000.0)
    if reduction == "mean":
        return se.mean()
    if reduction == "sum":
        return se.sum()
    if reduction == "none":
        return se
    raise ValueError("reduction must be one of mean, sum and none")
