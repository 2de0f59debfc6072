# expect: fails bad-reduction
# why: Looks for the reduction in one long string, where the empty word is found too and None is a TypeError.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in "mean sum none":
        raise ValueError("reduction must be one of mean sum none")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    logp = logp if weight is None else logp * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -(logp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        norm = loss.numel()
    else:
        valid = target != ignore_index
        t = target.masked_fill(~valid, 0)
        loss = -(1 - label_smoothing) * logp.gather(-1, t.unsqueeze(-1)).squeeze(-1) - label_smoothing * logp.mean(-1)
        loss = torch.where(valid, loss, 0.0)
        norm = (valid if weight is None else torch.where(valid, weight[t], 0.0)).sum()
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / norm if reduction == "mean" else loss
