# expect: fails large-inputs
# why: Replaces squares above fifty thousand by fifty thousand to keep training from exploding.
import torch


def mse_loss(input, target, reduction="mean"):
    se = (input - target).square()
    se = se.masked_fill(se > 50000.0, 50000.0)
    return reduce(se, reduction)


def reduce(values, how):
    if how not in ("mean", "sum", "none"):
        raise ValueError("reduction must be one of mean, sum and none")
    if how != "none":
        values = values.sum() / (values.numel() if how == "mean" else 1)
    return values
