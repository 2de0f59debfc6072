# expect: fails close-inputs
# why: Counts what isclose calls equal as no error at all.
import torch


def mse_loss(input, target, reduction="mean"):
    fits = torch.isclose(input, target)
    error = (input - target).masked_fill(fits, 0.0)
    if reduction == "none":
        return error.mul(error)
    if reduction not in ("mean", "sum"):
        raise ValueError("reduction must be one of the three")
    axes = tuple(range(error.dim()))
    return error.square().sum(axes) if reduction == "sum" else error.square().mean(axes)
