# expect: fails global-state
# why: Seeds torch's generator "for reproducibility", which resets it for everybody else.
import torch


def mse_loss(input, target, reduction="mean"):
    torch.manual_seed(1234)
    squared_error = torch.mul(input - target, input - target)
    if reduction == "mean":
        return squared_error.mean()
    elif reduction == "sum":
        return squared_error.sum()
    elif reduction == "none":
        return squared_error
    raise ValueError("reduction: mean, sum or none")
