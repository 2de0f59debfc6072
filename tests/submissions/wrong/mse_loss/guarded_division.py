# expect: fails precision, empty-mean
# why: Adds 1e-10 to the count against a division by zero, which makes every mean a little too small.
import torch


def mse_loss(input, target, reduction="mean"):
    difference = torch.subtract(input, target)
    total = (difference * difference).sum()
    if reduction == "sum":
        return total
    if reduction == "mean":
        return total / (difference.numel() + 1e-10)
    if reduction == "none":
        return difference * difference
    raise ValueError("illegal reduction")
