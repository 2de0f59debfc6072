# expect: fails weight
# why: Divides by the sum of the class weights, however often each class occurs.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction")
    d = min(input.dim() - 1, 1)
    top = input.amax(d, keepdim=True)
    nll_all = top + (input - top).exp().sum(d, keepdim=True).log() - input
    if target.is_floating_point():
        losses = (target * nll_all).sum(d)
        return losses.mean() if reduction == "mean" else losses.sum() if reduction == "sum" else losses
    keep = target != ignore_index
    label = torch.where(keep, target, 0)
    losses = nll_all.gather(d, label.unsqueeze(d)).squeeze(d) * keep
    if weight is not None:
        losses = losses * weight[label]
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.sum() / (keep.sum() if weight is None else weight.sum())
