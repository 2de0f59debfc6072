# expect: fails vectorised
# why: Adds one sample after the other to a running total.
import torch


def mse_loss(input, target, reduction="mean"):
    if reduction == "none":
        return (input - target).square()
    if reduction not in ("mean", "sum"):
        raise ValueError("mean, sum or none")
    if input.dim() == 0:
        return (input - target).square()
    total = (input[:0] - target[:0]).sum()
    for row in range(input.shape[0]):
        total = total + (input[row] - target[row]).square().sum()
    return total / input.numel() if reduction == "mean" else total
