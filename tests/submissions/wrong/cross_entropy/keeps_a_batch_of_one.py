# expect: fails unbatched
# why: Adds a batch dimension to a single row and does not take it off again.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError("reduction is not valid")
    if input.dim() == 1:
        input, target = input[None, :], target[None]
    c = input.shape[1]
    z = input - input.amax(1, keepdim=True)
    logp = (z - z.exp().sum(1, keepdim=True).log()).movedim(1, -1)
    w = logp.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target.movedim(1, -1)
        live = torch.ones_like(logp[..., 0])
        divisor = live.sum()
    else:
        live = (target != ignore_index).to(logp.dtype)
        t = torch.where(target == ignore_index, 0, target)
        q = torch.zeros_like(logp).scatter(-1, t.unsqueeze(-1), 1.0)
        divisor = ((q * w).sum(-1) * live).sum()
    q = q * (1 - label_smoothing) + label_smoothing / c
    loss = -(q * w * logp).sum(-1) * live
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.sum() / divisor
    return loss
