# expect: fails dtype
# why: Multiplies with ones of torch's default dtype, which half precision is promoted to.
import torch


def mse_loss(input, target, reduction="mean"):
    importance = torch.ones(input.shape, device=input.device)
    loss = importance * (input - target).pow(2)
    if reduction == "mean":
        return loss.mean()
    elif reduction == "sum":
        return loss.sum()
    elif reduction != "none":
        raise ValueError("reduction " + str(reduction))
    return loss
