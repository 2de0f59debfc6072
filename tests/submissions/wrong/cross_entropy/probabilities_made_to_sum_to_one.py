# expect: fails probabilities
# why: Normalises the given probabilities, which changes unnormalised ones and every gradient to the target.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("use one of mean, sum, none")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    e = torch.exp(x - x.amax(-1, keepdim=True))
    nlp = e.sum(-1, keepdim=True).log() + x.amax(-1, keepdim=True) - x
    c = x.shape[-1]
    if weight is not None:
        nlp = nlp * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        mass = q.sum(-1, keepdim=True)
        q = q / torch.where(mass > 0, mass, torch.ones_like(mass))
        loss = (nlp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        norm = loss.numel()
    else:
        on = target != ignore_index
        t = torch.where(on, target, 0)
        loss = nlp.gather(-1, t.unsqueeze(-1)).squeeze(-1) * (1 - label_smoothing)
        loss = (loss + nlp.mean(-1) * label_smoothing) * on
        norm = (on if weight is None else weight[t] * on).sum()
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
