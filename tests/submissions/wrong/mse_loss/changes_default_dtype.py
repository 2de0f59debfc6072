# expect: fails global-state
# why: Sets torch's default dtype to compute accurately and leaves it set.
import torch


def mse_loss(input, target, reduction="mean"):
    torch.set_default_dtype(torch.float64)
    out = (target - input).pow(2)
    if reduction == "none":
        return out
    if reduction == "mean":
        return out.mean()
    if reduction == "sum":
        return out.sum()
    raise ValueError("unsupported reduction")
