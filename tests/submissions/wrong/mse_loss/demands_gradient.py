# expect: fails graph
# why: Marks every result as requiring a gradient, even that of plain tensors.
import torch


def mse_loss(input, target, reduction="mean"):
    distance = input - target
    loss = distance * distance
    if reduction == "mean":
        loss = loss.sum() / loss.numel()
    elif reduction == "sum":
        loss = loss.sum()
    elif reduction == "none":
        pass
    else:
        raise ValueError(reduction)
    return loss.requires_grad_(True)
