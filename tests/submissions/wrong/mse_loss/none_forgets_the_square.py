# expect: fails reductions
# why: Squares inside the mean and the sum only, and returns the bare residual for none.
import torch


def mse_loss(input, target, reduction="mean"):
    diff = input - target
    if reduction == "mean":
        return torch.mean(diff**2)
    if reduction == "sum":
        return torch.sum(diff**2)
    if reduction == "none":
        return diff
    raise ValueError("reduction has to be mean, sum or none")
