# expect: fails zero-residual
# why: Squares through exp(2 log|d|), whose gradient at d = 0 is nan.
import torch


def mse_loss(input, target, reduction="mean"):
    size = (input - target).abs()
    squared = torch.exp(2 * torch.log(size))
    if reduction == "none":
        return squared
    elif reduction == "mean":
        return torch.mean(squared)
    elif reduction == "sum":
        return torch.sum(squared)
    raise ValueError("reduction must be 'none', 'mean' or 'sum'")
