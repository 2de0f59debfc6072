# expect: fails reductions
# why: Flattens for its dot product and hands the flat tensor back for none.
import torch


def mse_loss(input, target, reduction="mean"):
    error = input.flatten() - target.flatten()
    if reduction == "none":
        return error * error
    if reduction not in ("sum", "mean"):
        raise ValueError("bad reduction")
    total = error @ error
    if reduction == "mean":
        total = total / error.shape[0]
    return total
