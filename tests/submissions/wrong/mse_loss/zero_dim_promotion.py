# expect: fails dtype
# why: Multiplies two 0-d tensors, of which the one it made itself has torch's default dtype.
import torch


def mse_loss(input, target, reduction="mean"):
    d = target - input
    loss = d * d
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        half = torch.tensor(0.5)
        return half * (loss.mean() + loss.mean())
    raise ValueError("reduction is wrong")
