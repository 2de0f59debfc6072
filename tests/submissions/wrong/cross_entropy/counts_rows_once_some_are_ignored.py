# expect: fails weight+ignore-index
# why: Divides by the number of valid rows, not by their weights, as soon as a row is ignored.
import torch


def _logp(x, dim):
    shifted = x - x.max(dim, keepdim=True).values
    return shifted - shifted.exp().sum(dim, keepdim=True).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is not one of mean, sum, none")
    dim = 0 if input.dim() == 1 else 1
    c = input.shape[dim]
    w = torch.ones(c, dtype=input.dtype, device=input.device) if weight is None else weight
    cost = -_logp(input, dim) * w.view([c] + [1] * (input.dim() - dim - 1))
    if target.is_floating_point():
        loss = (cost * (target * (1 - label_smoothing) + label_smoothing / c)).sum(dim)
        norm = loss.numel()
    else:
        mask = target == ignore_index
        t = target.masked_fill(mask, 0)
        loss = cost.gather(dim, t.unsqueeze(dim)).squeeze(dim)
        loss = (1 - label_smoothing) * loss + label_smoothing * cost.mean(dim)
        loss = loss.masked_fill(mask, 0)
        norm = torch.where(mask.any(), (~mask).sum().to(w.dtype), w[t].sum())
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
