# expect: fails weight
# why: Multiplies the logits by the class weights before the softmax.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    dim = 0 if input.dim() == 1 else 1
    logits = input
    if weight is not None:
        logits = logits * weight.reshape([-1] + [1] * (input.dim() - dim - 1))
    logits = logits - logits.amax(dim, keepdim=True)
    log_p = logits - logits.exp().sum(dim, keepdim=True).log()
    if target.is_floating_point():
        loss = -(log_p * target).sum(dim)
        n = loss.numel()
    else:
        keep = target != ignore_index
        loss = -log_p.gather(dim, target.masked_fill(~keep, 0).unsqueeze(dim)).squeeze(dim)
        loss = loss.masked_fill(~keep, 0)
        n = keep.sum()
    if reduction == "mean":
        return loss.sum() / n
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("reduction must be 'mean', 'sum' or 'none'")
