# expect: fails purity
# why: Overwrites ignored targets with 0 in the caller's own tensor.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is wrong: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    z = x - x.amax(-1, keepdim=True)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / c) * w * logp).sum(-1)
        norm = loss.numel()
    else:
        ignored = target == ignore_index
        target[ignored] = 0
        nll = -w[target] * logp.gather(-1, target.unsqueeze(-1)).squeeze(-1)
        loss = (1 - label_smoothing) * nll - label_smoothing / c * (logp * w).sum(-1)
        loss = loss.masked_fill(ignored, 0)
        norm = w[target].masked_fill(ignored, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
