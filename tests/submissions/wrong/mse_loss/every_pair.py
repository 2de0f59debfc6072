# expect: fails values
# why: Turns the target into a column, so that broadcasting compares every element with every other one.
import torch


def mse_loss(input, target, reduction="mean"):
    prediction = input.reshape(1, -1)
    truth = target.reshape(-1, 1)
    table = (prediction - truth) ** 2
    if reduction == "mean":
        return table.mean()
    elif reduction == "sum":
        return table.sum() / input.numel()
    elif reduction == "none":
        return table.mean(dim=0).reshape(input.shape)
    raise ValueError("unknown reduction")
