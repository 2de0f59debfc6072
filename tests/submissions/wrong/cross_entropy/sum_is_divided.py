# expect: fails reductions
# diagnosis: mean-for-sum
# why: Divides by the batch size for sum too.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be one of mean, sum, none")
    axis = 1 if input.dim() > 1 else 0
    classes = input.shape[axis]
    z = input - input.amax(axis, keepdim=True)
    cost = z.exp().sum(axis, keepdim=True).log() - z
    w = input.new_ones(classes) if weight is None else weight
    cost = cost * w.reshape([classes] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = ((target * (1 - label_smoothing) + label_smoothing / classes) * cost).sum(axis)
        divisor = loss.numel()
    else:
        skip = target == ignore_index
        t = target.masked_fill(skip, 0)
        loss = (1 - label_smoothing) * cost.gather(axis, t.unsqueeze(axis)).squeeze(axis)
        loss = (loss + label_smoothing * cost.mean(axis)).masked_fill(skip, 0)
        divisor = w[t].masked_fill(skip, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / divisor
