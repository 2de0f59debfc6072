# expect: fails reductions
# why: Returns the mean for none, because the loss is reduced before the reduction is looked at.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = input.unsqueeze(0) if input.dim() == 1 else input
    top = x.max(1, keepdim=True).values
    logp = x - top - (x - top).exp().sum(1, keepdim=True).log()
    t = target.unsqueeze(0) if input.dim() == 1 else target
    nll = -logp.gather(1, t.unsqueeze(1))
    average = nll.mean()
    if reduction == "mean" or reduction == "none":
        return average
    if reduction == "sum":
        return average * nll.numel()
    raise ValueError("invalid reduction " + repr(reduction))
