# expect: fails probabilities+weight+label-smoothing
# why: Uses the class weights for indices only.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("please pass mean, sum or none")
    x = input.movedim(1, -1) if input.dim() > 1 else input
    c = x.shape[-1]
    nlp = (x - x.amax(-1, keepdim=True)).exp().sum(-1, keepdim=True).log() + x.amax(-1, keepdim=True) - x
    if target.is_floating_point():
        q = target.movedim(1, -1) if target.dim() > 1 else target
        return reduce(((1 - label_smoothing) * q * nlp).sum(-1) + label_smoothing * nlp.mean(-1), None, reduction)
    valid = target != ignore_index
    t = torch.where(valid, target, 0)
    w = nlp.new_ones(c) if weight is None else weight
    nlp = nlp * w
    loss = (1 - label_smoothing) * nlp.gather(-1, t.unsqueeze(-1)).squeeze(-1) + label_smoothing * nlp.mean(-1)
    return reduce(loss * valid, (w[t] * valid).sum(), reduction)


def reduce(loss, norm, how):
    if how == "none":
        return loss
    if how == "sum":
        return loss.sum()
    return loss.mean() if norm is None else loss.sum() / norm
