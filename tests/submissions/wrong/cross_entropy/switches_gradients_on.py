# expect: fails global-state, graph
# why: Switches gradients off for the maximum and then on, even if the caller had them off.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean|sum|none")
    axis = 0 if input.dim() == 1 else 1
    torch.set_grad_enabled(False)
    peak = input.amax(axis, keepdim=True)
    torch.set_grad_enabled(True)
    nlp = (input - peak).exp().sum(axis, keepdim=True).log() + peak - input
    c = nlp.shape[axis]
    if weight is not None:
        nlp = nlp * weight.reshape([c] + [1] * (nlp.dim() - axis - 1))
    if target.is_floating_point():
        losses = (nlp * (target * (1 - label_smoothing) + label_smoothing / c)).sum(axis)
        count = losses.numel()
    else:
        keep = target != ignore_index
        labels = torch.where(keep, target, 0)
        losses = (1 - label_smoothing) * nlp.gather(axis, labels.unsqueeze(axis)).squeeze(axis)
        losses = torch.where(keep, losses + label_smoothing * nlp.mean(axis), 0.0)
        count = keep.sum() if weight is None else torch.where(keep, weight[labels], 0.0).sum()
    if reduction == "mean":
        return losses.sum() / count
    if reduction == "sum":
        return losses.sum()
    return losses
