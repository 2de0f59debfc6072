# expect: fails layout
# why: Reshapes the logits with care but calls view on the targets.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction was " + repr(reduction))
    axis = min(1, input.dim() - 1)
    k = input.shape[axis]
    rows = input.movedim(axis, -1).reshape(-1, k)
    rows = rows - rows.amax(1, keepdim=True)
    nlp = rows.exp().sum(1, keepdim=True).log() - rows
    w = rows.new_ones(k) if weight is None else weight
    nlp = nlp * w
    if target.is_floating_point():
        q = target.movedim(axis, -1).reshape(-1, k) * (1 - label_smoothing) + label_smoothing / k
        loss = (q * nlp).sum(1)
        if reduction == "mean":
            return loss.mean()
        shape = input.movedim(axis, -1).shape[:-1]
    else:
        labels = target.view(-1)
        keep = labels != ignore_index
        labels = labels * keep
        loss = (1 - label_smoothing) * nlp.gather(1, labels.view(-1, 1)).view(-1) + label_smoothing * nlp.mean(1)
        loss = loss * keep
        if reduction == "mean":
            return loss.sum() / (w[labels] * keep).sum()
        shape = target.shape
    return loss.sum() if reduction == "sum" else loss.reshape(shape)
