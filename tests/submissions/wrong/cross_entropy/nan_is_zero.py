# expect: fails all-ignored, empty-batch
# diagnosis: mean-of-nothing-is-zero
# why: Replaces nan by 0 at the end, and with it the undefined mean of nothing.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is mean, sum or none, never " + repr(reduction))
    axis = 1 if input.ndim > 1 else 0
    m = input.amax(axis, keepdim=True)
    cost = (input - m).exp().sum(axis, keepdim=True).log() + m - input
    k = input.shape[axis]
    w = input.new_ones(k) if weight is None else weight
    cost = cost * w.view([k] + [1] * (input.ndim - axis - 1))
    if target.is_floating_point():
        loss = (cost * (target + label_smoothing * (1 / k - target))).sum(axis)
        norm = torch.ones_like(loss).sum()
    else:
        valid = target != ignore_index
        t = torch.where(valid, target, 0)
        own = cost.gather(axis, t.unsqueeze(axis)).squeeze(axis)
        loss = (own + label_smoothing * (cost.mean(axis) - own)) * valid
        norm = (valid * w[t]).sum()
    if reduction == "mean":
        loss = loss.sum() / norm
    elif reduction == "sum":
        loss = loss.sum()
    return torch.nan_to_num(loss)
