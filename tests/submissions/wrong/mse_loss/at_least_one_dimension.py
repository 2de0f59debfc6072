# expect: fails shape
# why: Turns 0-d tensors into vectors and does not turn the answer back.
import torch


def mse_loss(input, target, reduction="mean"):
    input, target = (v.reshape(1) if v.dim() == 0 else v for v in (input, target))
    loss = torch.pow(target - input, 2)
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.mean()
    if reduction == "none":
        return loss
    raise ValueError("reduction must be sum, mean or none")
