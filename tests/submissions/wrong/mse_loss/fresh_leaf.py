# expect: fails gradients, graph
# why: Makes a new leaf of the input, so that nothing flows back to the caller's tensor.
import torch


def mse_loss(input, target, reduction="mean"):
    leaf = input.clone().detach().requires_grad_(input.requires_grad)
    loss = (leaf - target).square()
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("mean or sum or none, please")
