# expect: fails out-of-range
# why: Takes targets modulo the number of classes to keep gather from raising.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("got reduction " + repr(reduction))
    axis = min(1, input.dim() - 1)
    classes = input.size(axis)
    z = input - input.amax(axis, keepdim=True)
    cost = torch.log(z.exp().sum(axis, keepdim=True)) - z
    if weight is not None:
        cost = cost * weight.reshape((classes,) + (1,) * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = (cost * (target * (1 - label_smoothing) + label_smoothing / classes)).sum(axis)
        divisor = loss.numel()
    else:
        live = (target != ignore_index).to(cost.dtype)
        label = torch.remainder(target, classes)
        loss = (1 - label_smoothing) * cost.gather(axis, label.unsqueeze(axis)).squeeze(axis)
        loss = (loss + label_smoothing * cost.mean(axis)) * live
        divisor = live.sum() if weight is None else (weight[label] * live).sum()
    if reduction == "mean":
        return loss.sum() / divisor
    return loss if reduction == "none" else loss.sum()
