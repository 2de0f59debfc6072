# expect: fails label-smoothing
# diagnosis: no-label-smoothing
# why: The parameter label_smoothing is accepted and never read.
import torch


def log_softmax(x):
    x = x - x.amax(-1, keepdim=True)
    return x - x.exp().sum(-1, keepdim=True).log()


def last(t):
    return t if t.dim() == 1 else t.movedim(1, -1)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("give mean, sum or none as reduction")
    logp = log_softmax(last(input))
    classes = logp.size(-1)
    w = torch.ones(classes, dtype=logp.dtype, device=logp.device) if weight is None else weight
    if target.is_floating_point():
        q = last(target)
        per_item = -torch.einsum("...c,...c,c->...", q, logp, w)
        denominator = per_item.numel()
    else:
        skip = target.eq(ignore_index)
        t = target.masked_fill(skip, 0)
        hard = -w[t] * logp.gather(-1, t[..., None])[..., 0]
        per_item = hard.masked_fill(skip, 0)
        denominator = w[t].masked_fill(skip, 0).sum()
    if reduction == "none":
        return per_item
    total = per_item.sum()
    return total if reduction == "sum" else total / denominator
