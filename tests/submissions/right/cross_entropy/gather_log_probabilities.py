# expect: full marks
# why: Subtracts each row's maximum, gathers the target's log-probability and weighs it, all with the classes last.
import torch


def log_probabilities(x):
    shifted = x - x.amax(dim=-1, keepdim=True)
    return shifted - shifted.exp().sum(dim=-1, keepdim=True).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction!r} is not a valid value for reduction")
    logp = log_probabilities(input if input.dim() == 1 else input.movedim(1, -1))
    classes = logp.shape[-1]
    if weight is None:
        weight = logp.new_ones(classes)
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        q = q * (1 - label_smoothing) + label_smoothing / classes
        loss = -(q * weight * logp).sum(dim=-1)
        count = loss.numel()
    else:
        keep = target != ignore_index
        safe = target.masked_fill(~keep, 0)
        picked = logp.gather(-1, safe.unsqueeze(-1)).squeeze(-1)
        row_weight = weight[safe] * keep
        smooth = (logp * weight).sum(dim=-1) * keep
        loss = -(1 - label_smoothing) * row_weight * picked - label_smoothing / classes * smooth
        count = row_weight.sum()
    if reduction == "none":
        return loss
    return loss.sum() / count if reduction == "mean" else loss.sum()
