# expect: fails values
# diagnosis: nothing-squared
# why: Reduces the residuals themselves, which cancel.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = torch.sub(input, target)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none")
    return reduced(residual, reduction)


def reduced(residual, reduction):
    return {"mean": residual.mean, "sum": residual.sum, "none": residual.clone}[reduction]()
