# expect: fails values, gradients
# diagnosis: half-the-square
# why: Has the one half in front that makes the derivative nice in the lecture notes.
import torch


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none")
    loss = 0.5 * torch.pow(input - target, 2)
    if reduction != "none":
        loss = loss.mean() if reduction == "mean" else loss.sum()
    return loss
