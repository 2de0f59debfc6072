# expect: fails device
# why: Adds to zeros that live on the CPU because no device was given.
import torch


def mse_loss(input, target, reduction="mean"):
    loss = torch.zeros(input.shape, dtype=input.dtype)
    loss = loss + torch.pow(input - target, 2)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("unexpected reduction " + str(reduction))
