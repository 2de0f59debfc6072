# expect: fails vectorised
# why: Adds up the denominator target by target, while the rest is vectorised.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("can't use reduction " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    z = x - x.amax(-1, keepdim=True)
    nlp = z.exp().sum(-1, keepdim=True).log() - z
    c = x.shape[-1]
    w = nlp.new_ones(c) if weight is None else weight
    wnlp = nlp * w
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = (wnlp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        return loss.mean() if reduction == "mean" else loss.sum() if reduction == "sum" else loss
    valid = target != ignore_index
    safe = torch.where(valid, target, torch.zeros_like(target))
    own = wnlp.gather(-1, safe.unsqueeze(-1)).squeeze(-1)
    loss = ((1 - label_smoothing) * own + label_smoothing * wnlp.mean(-1)) * valid
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    denominator = loss.new_zeros(())
    for label, counts in zip(safe.flatten(), valid.flatten()):
        denominator = denominator + w[label] * counts
    return loss.sum() / denominator
