# expect: fails bad-reduction
# diagnosis: unknown-reduction-accepted
# why: Treats every word it does not know as none.
import torch


def mse_loss(input, target, reduction="mean"):
    mse = (target - input).square()
    if reduction == "mean":
        return mse.mean()
    if reduction == "sum":
        return mse.sum()
    return mse
