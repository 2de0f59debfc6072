# expect: fails values, gradients
# diagnosis: another-logarithm
# why: Measures information in bits.
import torch


def log_softmax(x):
    x = x - x.amax(-1, keepdim=True)
    return (x - x.exp().sum(-1, keepdim=True).log()) * 1.4426950408889634  # bits


def last(t):
    return t if t.dim() == 1 else t.movedim(1, -1)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("give mean, sum or none as reduction")
    logp = log_softmax(last(input))
    classes = logp.size(-1)
    w = torch.ones(classes, dtype=logp.dtype, device=logp.device) if weight is None else weight
    if target.is_floating_point():
        q = torch.lerp(last(target), torch.full_like(logp, 1 / classes), label_smoothing)
        per_item = -torch.einsum("...c,...c,c->...", q, logp, w)
        denominator = per_item.numel()
    else:
        skip = target.eq(ignore_index)
        t = target.masked_fill(skip, 0)
        hard = -w[t] * logp.gather(-1, t[..., None])[..., 0]
        spread = -torch.einsum("...c,c->...", logp, w) / classes
        per_item = (hard + label_smoothing * (spread - hard)).masked_fill(skip, 0)
        denominator = w[t].masked_fill(skip, 0).sum()
    if reduction == "none":
        return per_item
    total = per_item.sum()
    return total if reduction == "sum" else total / denominator
