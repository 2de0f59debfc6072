# expect: fails ignore-index
# diagnosis: ignore-index-fixed
# why: Compares with -100 whatever ignore_index says.
import torch

IGNORE = -100


def cross_entropy(input, target, weight=None, ignore_index=IGNORE, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"don't know how to reduce by {reduction}")
    axis = 1 if input.ndim > 1 else 0
    k = input.shape[axis]
    peak = input.max(axis, keepdim=True).values
    cost = (input - peak).exp().sum(axis, keepdim=True).log() + peak - input
    view = [k] + [1] * (input.ndim - axis - 1)
    if weight is not None:
        cost = cost * weight.reshape(view)
    if target.is_floating_point():
        loss = (cost * (target * (1 - label_smoothing) + label_smoothing / k)).sum(axis)
        count = loss.numel()
    else:
        on = target != IGNORE
        index = torch.where(on, target, torch.zeros_like(target))
        loss = (1 - label_smoothing) * cost.gather(axis, index.unsqueeze(axis)).squeeze(axis)
        loss = on * (loss + label_smoothing * cost.mean(axis))
        count = on.sum() if weight is None else (on * weight[index]).sum()
    if reduction == "mean":
        return loss.sum() / count
    return loss.sum() if reduction == "sum" else loss
