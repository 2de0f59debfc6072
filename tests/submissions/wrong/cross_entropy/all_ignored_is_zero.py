# expect: fails all-ignored
# diagnosis: mean-of-nothing-is-zero
# why: Returns 0 early if no target counts, in the mean as well.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction not one of mean, sum, none: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    n_classes = x.shape[-1]
    w = x.new_ones(n_classes) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / n_classes) * w * logp).sum(-1)
        norm = loss.numel()
    else:
        counted = target != ignore_index
        if target.numel() > 0 and reduction == "mean" and not counted.any():
            return input.sum() * 0
        t = target.masked_fill(~counted, 0)
        nll = -logp.gather(-1, t.unsqueeze(-1)).squeeze(-1) * w[t]
        loss = counted * ((1 - label_smoothing) * nll - label_smoothing / n_classes * (logp * w).sum(-1))
        norm = (counted * w[t]).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
