# expect: fails one-class
# why: Squeezes all dimensions of size one away, and with a single class that is the one it needs.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must not be " + repr(reduction))
    shape = target.shape
    axis = min(1, input.dim() - 1)
    if input.shape[axis] == 1:
        input, target, axis = input.squeeze(), target.squeeze(), 0
    k = input.shape[axis]
    z = input - input.amax(axis, keepdim=True)
    cost = z.exp().sum(axis, keepdim=True).log() - z
    w = cost.new_ones(k) if weight is None else weight
    cost = cost * w.reshape([-1] + [1] * (cost.dim() - axis - 1))
    if target.is_floating_point():
        loss = (cost * (target * (1 - label_smoothing) + label_smoothing / k)).sum(axis)
        norm = loss.numel()
    else:
        live = target != ignore_index
        t = torch.where(live, target, 0)
        loss = (1 - label_smoothing) * cost.gather(axis, t.unsqueeze(axis)).squeeze(axis)
        loss = (loss + label_smoothing * cost.mean(axis)) * live
        norm = (w[t] * live).sum()
        if reduction == "none":
            return loss.reshape(shape)
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
