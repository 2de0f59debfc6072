# expect: fails second-gradients
# why: Replaces the log-sum-exp by its tangent at the present logits: right value and slope, no curvature.
import torch


def tangent_of_logsumexp(x):
    here = x.detach()
    top = here.amax(-1, keepdim=True)
    e = (here - top).exp()
    value = top + e.sum(-1, keepdim=True).log()
    slope = e / e.sum(-1, keepdim=True)
    return value + (slope * (x - here)).sum(-1, keepdim=True)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("a reduction is mean, sum or none")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    cost = tangent_of_logsumexp(x) - x
    k = x.shape[-1]
    w = x.new_ones(k) if weight is None else weight
    cost = cost * w
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = (cost * (q * (1 - label_smoothing) + label_smoothing / k)).sum(-1)
        norm = loss.numel()
    else:
        pad = target == ignore_index
        label = target.masked_fill(pad, 0)
        own = cost.gather(-1, label.unsqueeze(-1)).squeeze(-1)
        loss = ((1 - label_smoothing) * own + label_smoothing * cost.mean(-1)).masked_fill(pad, 0)
        norm = w[label].masked_fill(pad, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
