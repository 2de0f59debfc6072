# expect: fails weight+label-smoothing+ignore-index
# why: Weighs the whole smoothed row by the target's weight instead of every class by its own.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("what reduction is " + repr(reduction) + "?")
    axis = 1 if input.dim() > 1 else 0
    classes = input.shape[axis]
    z = input - input.amax(axis, keepdim=True)
    surprise = z.exp().sum(axis, keepdim=True).log() - z
    if target.is_floating_point():
        q = target * (1 - label_smoothing) + label_smoothing / classes
        if weight is not None:
            q = q * weight.reshape([classes] + [1] * (input.dim() - axis - 1))
        loss = (q * surprise).sum(axis)
        if reduction == "mean":
            return loss.mean()
    else:
        counted = target != ignore_index
        label = target * counted
        q = torch.full_like(surprise, label_smoothing / classes)
        q = q.scatter_add(axis, label.unsqueeze(axis), torch.full_like(surprise, 1 - label_smoothing))
        row_weight = counted.to(input.dtype) if weight is None else weight[label] * counted
        loss = (q * surprise).sum(axis) * row_weight
        if reduction == "mean":
            return loss.sum() / row_weight.sum()
    return loss.sum() if reduction == "sum" else loss
