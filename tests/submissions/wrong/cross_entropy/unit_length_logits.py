# expect: fails values, laws
# why: Scales every row of logits to length one, so that adding a constant to a row matters.
import torch


def unit(x):
    return x / (x.square().sum(-1, keepdim=True) + 1e-6).sqrt()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction may be mean, sum or none")
    x = unit(input if input.dim() == 1 else input.movedim(1, -1))
    nlp = x.exp().sum(-1, keepdim=True).log() - x
    if target.is_floating_point():
        loss = (nlp * (target if target.dim() == 1 else target.movedim(1, -1))).sum(-1)
    else:
        loss = nlp.gather(-1, target.clamp(min=0).unsqueeze(-1)).squeeze(-1) * (target != ignore_index)
    return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss
