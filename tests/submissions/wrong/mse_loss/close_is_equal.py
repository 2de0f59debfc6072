# expect: fails close-inputs
# why: Counts what isclose calls equal as no error at all.
import torch


def mse_loss(input, target, reduction="mean"):
    fits = torch.isclose(input, target)
    loss = torch.where(fits, (input - target) * 0, (input - target) ** 2)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("reduction must be one of the three")
