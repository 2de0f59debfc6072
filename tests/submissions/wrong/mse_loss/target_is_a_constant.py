# expect: fails gradients, graph
# diagnosis: target-detached
# why: Detaches the target because labels need no gradient; torch.nn gives it one.
import torch


def mse_loss(input, target, reduction="mean"):
    label = target.detach()
    se = (input - label).pow(2)
    if reduction == "mean":
        return se.mean()
    elif reduction == "sum":
        return se.sum()
    elif reduction == "none":
        return se
    else:
        raise ValueError("Invalid reduction")
