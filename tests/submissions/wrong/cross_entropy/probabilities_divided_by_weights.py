# expect: fails probabilities+weight+label-smoothing
# why: Divides the mean by the weighted mass of the probabilities, as is right for indices only.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be a valid one")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    z = x - x.amax(-1, keepdim=True)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        live = torch.ones_like(x[..., 0])
        q = q * (1 - label_smoothing) + label_smoothing / c
        norm = live.sum() if weight is None else (q * w).sum()
    else:
        live = (target != ignore_index).to(x.dtype)
        onehot = torch.zeros_like(x).scatter(-1, (target * live.long()).unsqueeze(-1), 1.0)
        norm = ((onehot @ w) * live).sum()
        q = onehot * (1 - label_smoothing) + label_smoothing / c
    loss = -((q * logp) @ w) * live
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / norm
