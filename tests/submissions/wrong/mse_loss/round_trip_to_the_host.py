# expect: fails device
# why: Copies both tensors to the CPU and the answer back.
import torch


def mse_loss(input, target, reduction="mean"):
    home = input.device
    x, y = input.to("cpu"), target.to("cpu")
    loss = (x - y) ** 2
    if reduction == "mean":
        loss = loss.mean()
    elif reduction == "sum":
        loss = loss.sum()
    elif reduction != "none":
        raise ValueError("bad value for reduction")
    return loss.to(home)
