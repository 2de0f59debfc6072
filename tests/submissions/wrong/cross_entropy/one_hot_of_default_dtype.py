# expect: fails dtype
# why: Scatters into zeros of torch's default dtype, to which half precision is promoted.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"no such thing as reduction={reduction!r}")
    axis = 1 if input.dim() > 1 else 0
    c = input.shape[axis]
    m = input.amax(axis, keepdim=True)
    logp = input - m - torch.log(torch.exp(input - m).sum(axis, keepdim=True))
    w = input.new_ones(c) if weight is None else weight
    w = w.reshape([c] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        q, live = target, torch.ones_like(target)
        norm = target.numel() / c
    else:
        live = (target != ignore_index).unsqueeze(axis)
        q = torch.zeros(input.shape, device=input.device).scatter(axis, target.unsqueeze(axis) * live, 1.0)
        norm = (q * w * live).sum()
    q = (q * (1 - label_smoothing) + label_smoothing / c) * live
    loss = -(q * w * logp).sum(axis)
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
