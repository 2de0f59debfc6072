# expect: fails empty-mean
# why: Replaces nan by 0, and with it the undefined mean of nothing.
import torch


def mse_loss(input, target, reduction="mean"):
    loss = input.sub(target).square()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    if reduction == "mean":
        return torch.nan_to_num(loss.mean())
    raise ValueError("reduction is neither mean nor sum nor none")
