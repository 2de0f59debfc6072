# expect: fails zero-residual
# why: Takes the root of the square as distance and squares it again: the root has no gradient at 0.
import torch


def distance(a, b):
    return torch.sqrt((a - b) * (a - b))


def mse_loss(input, target, reduction="mean"):
    loss = distance(input, target).pow(2)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction!r}?")
