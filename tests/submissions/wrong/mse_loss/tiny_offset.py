# expect: fails precision, close-inputs
# why: Adds 1e-10 to every square so that it can never be zero.
import torch

EPSILON = 1e-10


def mse_loss(input, target, reduction="mean"):
    loss = torch.square(target - input) + EPSILON
    if reduction == "none":
        return loss
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    raise ValueError("reduction must be in {none, mean, sum}")
