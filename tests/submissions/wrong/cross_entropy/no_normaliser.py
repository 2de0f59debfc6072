# expect: fails values, laws
# why: Takes minus the target's logit and forgets to subtract the log-sum-exp.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("unknown reduction")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    w = x.new_ones(x.shape[-1]) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -(q * w * x).sum(-1)
        n = loss.numel()
    else:
        valid = target != ignore_index
        t = target.masked_fill(~valid, 0)
        wt = w[t] * valid
        loss = -x.gather(-1, t.unsqueeze(-1)).squeeze(-1) * wt
        n = wt.sum()
    loss = loss * (1 - label_smoothing)
    if reduction == "none":
        return loss
    return loss.sum() / n if reduction == "mean" else loss.sum()
