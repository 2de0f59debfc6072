# expect: fails graph
# why: Marks every loss as requiring a gradient.
import torch


def _loss(logp, target, w, ignore_index, eps):
    c = logp.shape[-1]
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - eps) + eps / c) * w * logp).sum(-1)
        return loss, loss.numel()
    keep = target != ignore_index
    t = target.masked_fill(~keep, 0)
    own = (w * logp).gather(-1, t.unsqueeze(-1)).squeeze(-1)
    loss = -torch.lerp(own, (w * logp).mean(-1), eps) * keep
    return loss, (w[t] * keep).sum()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    w = x.new_ones(x.shape[-1]) if weight is None else weight
    loss, norm = _loss(logp, target, w, ignore_index, label_smoothing)
    if reduction == "mean":
        loss = loss.sum() / norm
    elif reduction == "sum":
        loss = loss.sum()
    elif reduction != "none":
        raise ValueError("reduction has to be known")
    loss.requires_grad_()
    return loss
