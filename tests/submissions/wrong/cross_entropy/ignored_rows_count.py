# expect: fails ignore-index
# diagnosis: ignored-targets-counted
# why: Sets ignored losses to zero but still counts their rows in the mean.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction has to be mean, sum or none")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    logp = x - x.amax(-1, keepdim=True)
    logp = logp - logp.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        losses = -((q * (1 - label_smoothing) + label_smoothing / c) * logp * w).sum(-1)
        norm = losses.numel()
    else:
        skipped = target == ignore_index
        safe = target.masked_fill(skipped, 0)
        losses = -w[safe] * logp.gather(-1, safe.unsqueeze(-1)).squeeze(-1) * (1 - label_smoothing)
        losses = losses - label_smoothing / c * (logp * w).sum(-1)
        losses = losses.masked_fill(skipped, 0)
        norm = w[safe].sum()
    if reduction == "none":
        return losses
    return losses.sum() if reduction == "sum" else losses.sum() / norm
