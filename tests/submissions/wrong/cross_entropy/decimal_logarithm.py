# expect: fails values, gradients
# diagnosis: another-logarithm, logarithm-of-softmax
# why: Uses log10 where the natural logarithm is meant.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("reduction must be mean, sum or none")
    dim = 1 if input.dim() > 1 else 0
    p = torch.exp(input - input.amax(dim, keepdim=True))
    p = p / p.sum(dim, keepdim=True)
    info = -torch.log10(p)
    c = input.shape[dim]
    if target.is_floating_point():
        q, counted = target, torch.ones_like(info.sum(dim))
    else:
        counted = (target != ignore_index).to(input.dtype)
        q = torch.zeros_like(p).scatter(dim, target.masked_fill(target == ignore_index, 0).unsqueeze(dim), 1.0)
    w = torch.ones_like(p) if weight is None else weight.reshape([c] + [1] * (input.dim() - dim - 1)).expand_as(p)
    norm = counted.sum() if target.is_floating_point() else ((q * w).sum(dim) * counted).sum()
    q = q * (1 - label_smoothing) + label_smoothing / c
    loss = (q * w * info).sum(dim) * counted
    return loss if reduction == "none" else loss.sum() / (norm if reduction == "mean" else 1)
