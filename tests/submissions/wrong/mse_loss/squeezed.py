# expect: fails shape
# why: Squeezes the residual, so that none loses dimensions of size one.
import torch


def mse_loss(input, target, reduction="mean"):
    loss = (input - target).squeeze() ** 2
    if reduction == "mean":
        loss = torch.mean(loss)
    elif reduction == "sum":
        loss = torch.sum(loss)
    elif not reduction == "none":
        raise ValueError("mean, sum, none: " + repr(reduction))
    return loss
