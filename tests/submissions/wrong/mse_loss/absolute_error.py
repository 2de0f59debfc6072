# expect: fails values
# why: Takes the absolute residual instead of its square.
import torch


def mse_loss(input, target, reduction="mean"):
    errors = torch.abs(input - target)
    if reduction == "mean":
        return errors.mean()
    if reduction == "sum":
        return errors.sum()
    if reduction == "none":
        return errors
    raise ValueError(reduction)
