# expect: fails stable-values, stable-gradients
# diagnosis: no-maximum-subtracted
# why: Exponentiates the logits as they are, row by row in one sum.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction=" + repr(reduction))
    single = input.dim() == 1
    c = input.shape[0] if single else input.shape[1]
    rows = input.reshape(1, c) if single else input.movedim(1, -1).reshape(-1, c)
    cost = rows.exp().sum(1, keepdim=True).log() - rows
    w = cost.new_ones(c) if weight is None else weight
    cost = cost * w
    if target.is_floating_point():
        q = target.reshape(1, c) if single else target.movedim(1, -1).reshape(-1, c)
        loss = (cost * ((1 - label_smoothing) * q + label_smoothing / c)).sum(1)
        count = loss.numel()
    else:
        labels = target.reshape(-1)
        keep = labels != ignore_index
        labels = torch.where(keep, labels, 0)
        loss = (1 - label_smoothing) * cost.gather(1, labels.unsqueeze(1)).squeeze(1) + label_smoothing * cost.mean(1)
        loss = torch.where(keep, loss, 0.0)
        count = torch.where(keep, w[labels], 0.0).sum()
    if reduction == "mean":
        return loss.sum() / count
    if reduction == "sum":
        return loss.sum()
    return loss.reshape(input.shape[:1] + input.shape[2:] if input.dim() > 1 else ())
