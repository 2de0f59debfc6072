# expect: fails bad-reduction
# diagnosis: unknown-reduction-accepted
# why: Falls through to the mean for every word it does not know.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    d = 0 if input.dim() == 1 else 1
    c = input.shape[d]
    top = input.max(d, keepdim=True).values
    surprise = (input - top).exp().sum(d, keepdim=True).log() + top - input
    w = surprise.new_ones(c) if weight is None else weight
    surprise = surprise * w.reshape([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        out = (surprise * (target * (1 - label_smoothing) + label_smoothing / c)).sum(d)
        n = out.numel()
    else:
        on = target != ignore_index
        i = target * on
        out = on * ((1 - label_smoothing) * surprise.gather(d, i.unsqueeze(d)).squeeze(d) + label_smoothing * surprise.mean(d))
        n = (on * w[i]).sum()
    if reduction == "none":
        return out
    elif reduction == "sum":
        return out.sum()
    else:
        return out.sum() / n
