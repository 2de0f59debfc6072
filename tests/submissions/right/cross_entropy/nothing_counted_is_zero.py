# expect: loses all-ignored, empty-batch
# why: Returns 0 where no target counts, a defensible convention that torch.nn does not share.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction not known: " + repr(reduction))
    x = input.unsqueeze(0) if input.dim() == 1 else input
    n, c = x.shape[0], x.shape[1]
    x = x.reshape(n, c, -1) if n else x.new_zeros(0, c, 0)
    x = x - x.amax(dim=1, keepdim=True)
    nlp = x.exp().sum(dim=1, keepdim=True).log() - x
    w = x.new_ones(1, c, 1) if weight is None else weight.reshape(1, c, 1)
    if target.is_floating_point():
        q = target.reshape(nlp.shape)
        live = x.new_ones(nlp.shape[0], 1, nlp.shape[2])
        norm = live.sum()
        shape = input.shape[:1] + input.shape[2:] if input.dim() > 1 else ()
    else:
        t = target.reshape(nlp.shape[0], 1, nlp.shape[2])
        live = (t != ignore_index).to(x.dtype)
        q = torch.zeros_like(nlp).scatter(1, t.masked_fill(t == ignore_index, 0), 1.0)
        norm = (q * w * live).sum()
        shape = target.shape
    q = (q * (1 - label_smoothing) + label_smoothing / c) * live
    loss = (q * w * nlp).sum(dim=1)
    if reduction == "none":
        return loss.reshape(shape)
    if reduction == "sum":
        return loss.sum()
    return torch.where(norm == 0, loss.sum(), loss.sum() / torch.where(norm == 0, 1, norm))
