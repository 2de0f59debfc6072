# expect: fails label-smoothing
# why: Adds the uniform part without taking anything from the target.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is unknown")
    axis = 0 if input.dim() == 1 else 1
    k = input.shape[axis]
    z = input - input.max(axis, keepdim=True).values
    logp = z - torch.log(torch.sum(torch.exp(z), axis, keepdim=True))
    w = logp.new_ones(k) if weight is None else weight
    wv = w.reshape((k,) + (1,) * (input.dim() - axis - 1))
    if target.is_floating_point():
        q = target + label_smoothing * (1 / k - target)
        losses = -(q * wv * logp).sum(axis)
        norm = losses.numel()
    else:
        mask = target != ignore_index
        onehot = torch.zeros_like(logp).scatter(axis, torch.where(mask, target, 0).unsqueeze(axis), 1.0)
        norm = ((onehot * wv).sum(axis) * mask).sum()
        losses = -((onehot + label_smoothing / k) * wv * logp).sum(axis) * mask
    if reduction == "none":
        return losses
    total = losses.sum()
    return total if reduction == "sum" else total / norm
