# expect: full marks
# why: Splits the residual in its positive and negative part by where; either way the square is the same.
import torch


def magnitude(difference):
    return torch.where(difference >= 0, difference, -difference)


def mse_loss(input, target, reduction="mean"):
    m = magnitude(input - target)
    loss = m * m
    match reduction:
        case "none":
            return loss
        case "sum":
            return torch.sum(loss, dim=tuple(range(loss.ndim)))
        case "mean":
            return torch.mean(loss, dim=tuple(range(loss.ndim)))
        case _:
            raise ValueError(f"{reduction} is not a reduction")
