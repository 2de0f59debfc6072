# expect: fails large-inputs
# why: Clips the residual at 100 against outliers.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = torch.clamp(input - target, min=-100, max=100)
    sq = residual**2
    if reduction == "sum":
        return sq.sum()
    elif reduction == "mean":
        return sq.mean()
    elif reduction == "none":
        return sq
    raise ValueError("pick mean, sum or none")
