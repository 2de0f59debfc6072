# expect: fails weight+ignore-index
# diagnosis: ignored-targets-counted
# why: Counts valid rows without weights, but with weights adds the weight of class 0 for every ignored row.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("unsupported reduction: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    c = x.shape[-1]
    wlogp = logp if weight is None else logp * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -(wlogp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        total = loss.numel()
    else:
        valid = target != ignore_index
        safe = torch.where(valid, target, torch.zeros_like(target))
        loss = -(1 - label_smoothing) * wlogp.gather(-1, safe.unsqueeze(-1)).squeeze(-1)
        loss = (loss - label_smoothing * wlogp.mean(-1)) * valid
        total = valid.sum() if weight is None else weight[safe].sum()
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / total
