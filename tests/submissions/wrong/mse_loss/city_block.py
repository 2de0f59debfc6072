# expect: fails values
# diagnosis: absolute-error
# why: Adds up distances as a taxi drives them.
import torch


def mse_loss(input, target, reduction="mean"):
    distance = (input - target) * torch.sign(input - target)
    if reduction == "none":
        return distance
    if reduction == "sum":
        return distance.sum()
    if reduction == "mean":
        return distance.mean()
    raise ValueError(f"unknown reduction {reduction}")
