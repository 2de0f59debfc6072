# expect: fails empty-mean
# why: Raises for an empty batch, where torch.nn returns nan.
import torch


def mse_loss(input, target, reduction="mean"):
    if input.numel() < 1:
        raise RuntimeError("cannot compute the loss of an empty batch")
    power = torch.pow(input - target, exponent=2)
    if reduction == "mean":
        return power.mean()
    elif reduction == "sum":
        return power.sum()
    elif reduction == "none":
        return power
    raise ValueError(f"got reduction={reduction}")
