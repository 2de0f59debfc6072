# expect: fails weight
# diagnosis: weights-not-in-the-mean
# why: Divides the weighted sum by the number of rows instead of by their weights.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none, is " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    if weight is not None:
        logp = logp * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -(logp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        counted = torch.ones_like(loss, dtype=torch.bool)
    else:
        counted = target != ignore_index
        picked = logp.gather(-1, (target * counted).unsqueeze(-1)).squeeze(-1)
        loss = -(picked * (1 - label_smoothing) + logp.mean(-1) * label_smoothing)
        loss = loss.where(counted, torch.zeros_like(loss))
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / counted.sum()
