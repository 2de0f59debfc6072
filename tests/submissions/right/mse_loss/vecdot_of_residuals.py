# expect: full marks
# why: The sum of squares is the residual's product with itself, by torch.linalg.vecdot.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = input - target
    if reduction == "none":
        return residual * residual
    flat = residual.flatten()
    if reduction == "sum":
        return torch.linalg.vecdot(flat, flat)
    if reduction == "mean":
        return torch.linalg.vecdot(flat, flat) / flat.numel() if flat.numel() else flat.mean()
    raise ValueError(f"unknown reduction: {reduction}")
