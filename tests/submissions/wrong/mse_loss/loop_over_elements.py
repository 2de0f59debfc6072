# expect: fails vectorised
# why: Walks over the elements in Python.
import torch


def mse_loss(input, target, reduction="mean"):
    losses = [(a - b) ** 2 for a, b in zip(input.reshape(-1), target.reshape(-1))]
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none")
    if not losses:
        loss = (input - target).reshape(-1)
    else:
        loss = torch.stack(losses)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    return loss.reshape(input.shape)
