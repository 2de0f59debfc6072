# expect: fails label-smoothing
# why: Applies the smoothing after averaging and so leaves sum and none unsmoothed.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    peak = x.amax(-1, keepdim=True)
    logp = x - peak - (x - peak).exp().sum(-1, keepdim=True).log()
    w = logp.new_ones(c) if weight is None else weight
    uniform = -(logp * w).sum(-1) / c
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        hard = -(q * w * logp).sum(-1)
        norm = hard.numel()
    else:
        live = target != ignore_index
        t = target.masked_fill(~live, 0)
        hard = -w[t] * logp.gather(-1, t.unsqueeze(-1)).squeeze(-1) * live
        uniform = uniform * live
        norm = (w[t] * live).sum()
    if reduction == "none":
        return hard
    if reduction == "sum":
        return hard.sum()
    if reduction == "mean":
        return (1 - label_smoothing) * hard.sum() / norm + label_smoothing * uniform.sum() / norm
    raise ValueError("reduction must be mean, sum, or none")
