# expect: fails values
# diagnosis: absolute-error
# why: Takes the absolute residual instead of its square.
import torch


def mse_loss(input, target, reduction="mean"):
    choices = ("mean", "sum", "none")
    if reduction not in choices:
        raise ValueError(f"reduction must be one of {choices}")
    errors = torch.abs(input - target)
    return errors if reduction == "none" else torch.sum(errors) if reduction == "sum" else torch.mean(errors)
