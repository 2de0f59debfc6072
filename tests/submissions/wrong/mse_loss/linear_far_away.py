# expect: fails large-inputs
# why: Goes over to a straight line beyond a residual of 200, like Huber's loss.
import torch

DELTA = 200.0


def mse_loss(input, target, reduction="mean"):
    r = input - target
    a = r.abs()
    loss = torch.where(a <= DELTA, r * r, DELTA * (2 * a - DELTA))
    if reduction == "none":
        return loss
    reduced = loss.sum()
    if reduction == "sum":
        return reduced
    if reduction == "mean":
        return reduced / loss.numel()
    raise ValueError("invalid reduction: " + str(reduction))
