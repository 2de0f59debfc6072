# expect: loses close-inputs
# why: Averages x*x, x*t and t*t apart and combines the moments, which cancels for almost equal inputs.
import torch


def identity(v):
    return v


def mse_loss(input, target, reduction="mean"):
    if reduction == "mean":
        average = torch.mean
    elif reduction == "sum":
        average = torch.sum
    elif reduction == "none":
        average = identity
    else:
        raise ValueError("bad reduction: " + repr(reduction))
    second_moments = average(input.pow(2)) + average(target.pow(2))
    return second_moments - 2 * average(input.mul(target))
