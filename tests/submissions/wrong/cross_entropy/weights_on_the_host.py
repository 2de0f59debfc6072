# expect: fails device
# why: Fills in missing class weights with ones on the CPU.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction expects mean, sum or none")
    axis = 1 if input.dim() > 1 else 0
    k = input.shape[axis]
    if weight is None:
        weight = torch.ones(k, dtype=input.dtype)
    m = input.max(axis, keepdim=True).values
    cost = (input - m).exp().sum(axis, keepdim=True).log() + m - input
    cost = cost * weight.reshape([k] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = (cost * torch.lerp(target, torch.full_like(target, 1 / k), label_smoothing)).sum(axis)
        total = loss.numel()
    else:
        gone = target == ignore_index
        t = target.masked_fill(gone, 0)
        loss = torch.lerp(cost.gather(axis, t.unsqueeze(axis)).squeeze(axis), cost.mean(axis), label_smoothing)
        loss = loss.masked_fill(gone, 0)
        total = weight[t].masked_fill(gone, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / total
