# expect: fails bad-reduction
# why: Replaces an empty reduction by the default one instead of refusing it.
import torch


def mse_loss(input, target, reduction="mean"):
    reduction = reduction or "mean"
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("choose mean, sum or none")
    gap = input.sub(target)
    loss = gap.mul(gap)
    return loss if reduction == "none" else loss.sum() / (loss.numel() if reduction == "mean" else 1)
