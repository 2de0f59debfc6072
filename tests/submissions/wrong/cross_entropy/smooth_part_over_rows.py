# expect: fails weight+label-smoothing+ignore-index
# why: Averages the uniform term over the number of valid rows and only the target's term over their weights.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction does not exist: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    z = x - x.max(-1, keepdim=True)[0]
    logp = z - z.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    w = x.new_ones(c) if weight is None else weight
    smooth = -(logp * w).sum(-1) / c
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        hard = -(logp * w * q).sum(-1)
        hard_norm = smooth_norm = hard.numel()
    else:
        on = target != ignore_index
        t = target.masked_fill(~on, 0)
        hard = -logp.gather(-1, t[..., None])[..., 0] * w[t] * on
        smooth = smooth * on
        hard_norm, smooth_norm = (w[t] * on).sum(), on.sum()
    if reduction == "none":
        return (1 - label_smoothing) * hard + label_smoothing * smooth
    hard, smooth = hard.sum(), smooth.sum()
    if reduction == "mean":
        hard, smooth = hard / hard_norm, smooth / smooth_norm
    return (1 - label_smoothing) * hard + label_smoothing * smooth
