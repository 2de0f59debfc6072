# expect: fails purity
# why: Keeps the residual in the target's own memory to save an allocation.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = input - target
    loss = residual.square()
    scratch = target.detach()
    scratch.copy_(loss.detach())
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.mean()
    raise ValueError("reduction not understood")
