# expect: fails second-gradients
# why: Writes the square as its tangent at the present point: value and slope are right, the curvature is gone.
import torch


def mse_loss(input, target, reduction="mean"):
    d = input - target
    here = d.detach()
    tangent = here * here + 2 * here * (d - here)
    if reduction == "mean":
        return tangent.mean()
    if reduction == "sum":
        return tangent.sum()
    if reduction == "none":
        return tangent
    raise ValueError("use mean, sum or none")
