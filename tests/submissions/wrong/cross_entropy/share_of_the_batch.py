# expect: fails weight+ignore-index
# why: Takes the weighted mean over all rows with ignored losses at zero, then scales by the share of valid rows.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum or none, but not " + repr(reduction))
    single = input.dim() == 1
    rows = input[None] if single else input
    labels = target[None] if single else target
    rows = rows - rows.amax(1, keepdim=True)
    nlp = rows.exp().sum(1, keepdim=True).log() - rows
    k = rows.shape[1]
    w = rows.new_ones(k) if weight is None else weight
    cost = nlp * w.view([1, k] + [1] * (rows.dim() - 2))
    if labels.is_floating_point():
        loss = (cost * (labels * (1 - label_smoothing) + label_smoothing / k)).sum(1)
        mean = loss.mean()
    else:
        real = labels != ignore_index
        labels = labels * real
        loss = torch.lerp(cost.gather(1, labels.unsqueeze(1)).squeeze(1), cost.mean(1), label_smoothing) * real
        mean = loss.sum() / w[labels].sum() * real.numel() / real.sum()
    if reduction == "mean":
        return mean
    if reduction == "sum":
        return loss.sum()
    return loss[0] if single else loss
