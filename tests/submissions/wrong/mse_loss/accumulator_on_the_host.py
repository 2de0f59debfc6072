# expect: fails device
# why: Adds to zeros that live on the CPU because no device was given.
import torch


def mse_loss(input, target, reduction="mean"):
    loss = torch.zeros(input.shape, dtype=input.dtype)
    loss = loss + torch.pow(input - target, 2)
    if reduction == "none":
        return loss
    if reduction != "mean" and reduction != "sum":
        raise ValueError("unexpected reduction " + str(reduction))
    accumulated = loss.flatten().cumsum(0)[-1:].sum()
    return accumulated / input.numel() if reduction == "mean" else accumulated
