# expect: fails spatial
# diagnosis: softmax-over-the-last-dimension
# why: Normalises over the last dimension, which holds the classes only where there is no space.
import torch


def log_softmax(x):
    x = x - x.amax(dim=-1, keepdim=True)
    return x - torch.log(x.exp().sum(dim=-1, keepdim=True))


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    logp = log_softmax(input)
    dim = 1 if input.dim() > 1 else 0
    c = input.shape[dim]
    w = input.new_ones(c) if weight is None else weight
    w_full = w.reshape([c] + [1] * (input.dim() - dim - 1))
    if target.is_floating_point():
        loss = -((target * (1 - label_smoothing) + label_smoothing / c) * w_full * logp).sum(dim)
        norm = loss.numel()
    else:
        ignored = target == ignore_index
        t = target.masked_fill(ignored, 0)
        nll = -(w_full * logp).gather(dim, t.unsqueeze(dim)).squeeze(dim)
        loss = (1 - label_smoothing) * nll - label_smoothing * (w_full * logp).mean(dim)
        loss = loss.masked_fill(ignored, 0.0)
        norm = w[t].masked_fill(ignored, 0.0).sum()
    if reduction == "mean":
        return loss.sum() / norm
    elif reduction == "sum":
        return loss.sum()
    elif reduction == "none":
        return loss
    raise ValueError("reduction has a wrong value")
