# expect: fails gradients
# why: Reuses a detached copy of the residual as second factor and so loses half of the gradient.
import torch


def mse_loss(input, target, reduction="mean"):
    delta = torch.sub(target, input)
    scale = delta.detach()
    weighted = scale.mul(delta)
    if reduction == "none":
        return weighted
    if reduction == "mean":
        return torch.mean(weighted)
    if reduction == "sum":
        return torch.sum(weighted)
    raise ValueError("reduction must be 'mean', 'sum' or 'none'")
