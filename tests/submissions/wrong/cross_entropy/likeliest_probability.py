# expect: fails probabilities
# why: Turns class probabilities into the index of the largest one.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction can be mean, sum, none")
    dim = 0 if input.dim() == 1 else 1
    if target.is_floating_point():
        target = target.argmax(dim)
    z = input - input.amax(dim, keepdim=True)
    nlp = z.exp().sum(dim, keepdim=True).log() - z
    k = input.shape[dim]
    w = input.new_ones(k) if weight is None else weight
    nlp = nlp * w.reshape([k] + [1] * (input.dim() - 1 - dim))
    gone = target == ignore_index
    t = target.masked_fill(gone, 0)
    loss = nlp.gather(dim, t.unsqueeze(dim)).squeeze(dim) * (1 - label_smoothing) + nlp.mean(dim) * label_smoothing
    loss = loss.masked_fill(gone, 0)
    if reduction == "none":
        return loss
    total = loss.sum()
    return total if reduction == "sum" else total / w[t].masked_fill(gone, 0).sum()
