# expect: full marks
# why: Looks the reduction up in a table of functions and refuses what the table does not hold.
import torch


def _mean(values):
    return torch.mean(values)


def _sum(values):
    return torch.sum(values)


def _none(values):
    return values


REDUCTIONS = {"mean": _mean, "sum": _sum, "none": _none}


def mse_loss(input, target, reduction="mean"):
    if reduction not in REDUCTIONS:
        raise ValueError("reduction must be one of " + ", ".join(REDUCTIONS))
    residual = torch.sub(input, target)
    return REDUCTIONS[reduction](torch.mul(residual, residual))
