# expect: fails layout
# why: Takes a matrix that is not contiguous for a transposed one and turns its memory back, but not its partner's.
import torch


def flat(t):
    if t.dim() == 2 and not t.is_contiguous():
        t = t.t()
    return t.reshape(-1)


def mse_loss(input, target, reduction="mean"):
    if reduction == "none":
        return (input - target).square()
    d = flat(input) - flat(target)
    if reduction == "mean":
        return (d * d).mean()
    if reduction == "sum":
        return (d * d).sum()
    raise ValueError("no such reduction: " + repr(reduction))
