# expect: fails label-smoothing
# diagnosis: smoothing-not-divided
# why: Forgets to divide the smoothing by the number of classes.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    names = ["mean", "sum", "none"]
    if reduction not in names:
        raise ValueError(f"reduction should be in {names}")
    rows = input.unsqueeze(0) if input.dim() == 1 else input
    top = rows.amax(1, keepdim=True)
    nlp = top + (rows - top).exp().sum(1, keepdim=True).log() - rows
    n_classes = rows.shape[1]
    if weight is not None:
        nlp = nlp * weight.reshape([1, n_classes] + [1] * (rows.dim() - 2))
    t = target.unsqueeze(0) if input.dim() == 1 else target
    if t.is_floating_point():
        loss = (nlp * (t * (1 - label_smoothing) + label_smoothing / n_classes)).sum(1)
        norm = loss.numel()
    else:
        ok = t != ignore_index
        t = t.masked_fill(~ok, 0)
        loss = (1 - label_smoothing) * nlp.gather(1, t.unsqueeze(1)).squeeze(1) + label_smoothing * nlp.sum(1)
        loss = loss * ok
        norm = (ok if weight is None else weight[t] * ok).sum()
    if reduction == "none":
        return loss.reshape(loss.shape[1:]) if input.dim() == 1 else loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
