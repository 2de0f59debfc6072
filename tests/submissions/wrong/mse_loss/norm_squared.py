# expect: fails zero-residual
# why: Squares the length of the residual vector, whose root has no gradient where all residuals vanish.
import torch


def length(vector):
    return (vector * vector).sum() ** 0.5


def mse_loss(input, target, reduction="mean"):
    v = (input - target).reshape(-1)
    if reduction == "none":
        return torch.square(input - target)
    if reduction == "sum":
        return length(v) ** 2
    if reduction == "mean":
        return length(v) ** 2 / len(v)
    raise ValueError("reduction must be mean, sum or none")
