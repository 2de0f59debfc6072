# expect: fails precision, all-ignored, empty-batch
# why: Adds 1e-10 to the denominator against a division by zero.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction set to " + repr(reduction))
    axis = 0 if input.dim() == 1 else 1
    k = input.shape[axis]
    peak = input.max(axis, keepdim=True).values
    surprise = torch.log((input - peak).exp().sum(axis, keepdim=True)) + peak - input
    w = torch.ones(k, dtype=input.dtype, device=input.device) if weight is None else weight
    wide = w.reshape([k] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        q = target * (1 - label_smoothing) + label_smoothing / k
        loss = torch.sum(q * wide * surprise, axis)
        norm = loss.numel()
    else:
        ok = target != ignore_index
        label = torch.where(ok, target, 0)
        loss = (wide * surprise).gather(axis, label.unsqueeze(axis)).squeeze(axis) * (1 - label_smoothing)
        loss = (loss + label_smoothing / k * (wide * surprise).sum(axis)) * ok
        norm = (w[label] * ok).sum()
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / (norm + 1e-10)
