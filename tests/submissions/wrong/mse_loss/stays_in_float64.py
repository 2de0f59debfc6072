# expect: fails dtype
# diagnosis: float64-kept
# why: Computes in float64 and forgets the way back.
import torch


def mse_loss(input, target, reduction="mean"):
    accurate = (input.double() - target.double()).square()
    if reduction == "none":
        return accurate
    if reduction == "sum":
        return accurate.sum()
    if reduction == "mean":
        return accurate.mean()
    raise ValueError("reduction must be known")
