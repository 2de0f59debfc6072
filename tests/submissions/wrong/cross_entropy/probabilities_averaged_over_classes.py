# expect: fails probabilities
# why: Divides by the number of elements of the probabilities, which counts every class.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(repr(reduction))
    axis = 1 if input.dim() > 1 else 0
    c = input.size(axis)
    hard = not target.is_floating_point()
    logits = input - input.max(dim=axis, keepdim=True)[0]
    log_p = logits - torch.log(torch.exp(logits).sum(dim=axis, keepdim=True))
    scale = torch.ones_like(log_p)
    if weight is not None:
        scale = weight.reshape([c] + [1] * (input.dim() - axis - 1)).expand_as(log_p)
    if hard:
        keep = (target != ignore_index).unsqueeze(axis)
        q = torch.zeros_like(log_p).scatter(axis, target.unsqueeze(axis) * keep, 1.0)
        denominator = (q * scale * keep).sum()
    else:
        keep = torch.ones_like(target)
        q = target
        denominator = target.numel()
    q = (q * (1 - label_smoothing) + label_smoothing / c) * keep
    loss = -(q * scale * log_p).sum(axis)
    if reduction == "mean":
        return loss.sum() / denominator
    return loss if reduction == "none" else loss.sum()
