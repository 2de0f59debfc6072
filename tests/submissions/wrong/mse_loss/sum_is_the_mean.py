# expect: fails reductions
# diagnosis: mean-for-sum
# why: Returns the mean for sum as well.
import torch


def mse_loss(input, target, reduction="mean"):
    loss = (input - target) * (input - target)
    if reduction in ("mean", "sum"):
        return loss.mean()
    if reduction == "none":
        return loss
    raise ValueError(f"cannot reduce by {reduction!r}")
