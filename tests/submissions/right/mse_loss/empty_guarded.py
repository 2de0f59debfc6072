# expect: loses empty-mean
# why: Guards the division with at least one element, so that an empty mean is 0 and not nan.
import torch


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none")
    errors = (input - target) ** 2
    if reduction == "none":
        return errors
    result = errors.sum()
    if reduction == "mean":
        result = result / max(errors.numel(), 1)
    return result
