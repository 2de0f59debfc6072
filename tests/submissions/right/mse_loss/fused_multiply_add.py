# expect: full marks
# why: Uses addcmul on a zero tensor made like the residual, and math.prod of the shape as the count.
import math

import torch


def mse_loss(input, target, reduction="mean"):
    diff = torch.add(input, target, alpha=-1)
    loss = torch.addcmul(torch.zeros_like(diff), diff, diff)
    if reduction == "none":
        return loss
    if reduction in ("mean", "sum"):
        count = math.prod(input.shape)
        return loss.sum() / count if reduction == "mean" else loss.sum()
    raise ValueError("no such reduction")
