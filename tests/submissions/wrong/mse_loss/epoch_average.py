# expect: fails purity
# why: Averages over all calls so far, so that the second answer depends on the first.
import torch

history = []


def mse_loss(input, target, reduction="mean"):
    loss = (input - target).pow(2)
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    if reduction != "mean":
        raise ValueError(f"unknown reduction {reduction!r}")
    current = loss.mean()
    history.append(float(current))
    return current * 0.5 + sum(history) / len(history) * 0.5
