# expect: fails dtype
# why: Multiplies a boolean one-hot by a Python number, which gives torch's default dtype, and adds in that.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction=" + repr(reduction) + "?")
    d = 0 if input.dim() == 1 else 1
    c = input.shape[d]
    z = input - input.amax(d, keepdim=True)
    nlp = z.exp().sum(d, keepdim=True).log() - z
    w = input.new_ones(c) if weight is None else weight
    nlp = nlp * w.reshape([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = (nlp * (target * (1 - label_smoothing) + label_smoothing / c)).sum(d)
        norm = loss.numel()
    else:
        live = target != ignore_index
        t = target.masked_fill(~live, 0)
        own = nlp.gather(d, t.unsqueeze(d)).squeeze(d)
        one = live * 1.0
        loss = one * ((1 - label_smoothing) * own + label_smoothing * nlp.mean(d))
        norm = (one * w[t]).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
