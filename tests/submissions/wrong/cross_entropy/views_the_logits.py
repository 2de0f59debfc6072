# expect: fails layout
# why: Calls view on the logits, which raises where they are transposed or strided.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("invalid: " + repr(reduction))
    n, c = (1, input.shape[0]) if input.dim() == 1 else input.shape[:2]
    x = input.view(n, c, -1)
    x = x - x.amax(1, keepdim=True)
    logp = x - x.exp().sum(1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target.view(n, c, -1)
        live = torch.ones_like(x[:, 0])
        norm = live.numel()
        shape = input.shape[:1] + input.shape[2:] if input.dim() > 1 else ()
    else:
        t = target.view(n, 1, -1)
        live = (t != ignore_index).squeeze(1).to(x.dtype)
        t = t.masked_fill(t == ignore_index, 0)
        q = torch.zeros_like(x).scatter(1, t, 1.0)
        norm = (w[t.squeeze(1)] * live).sum()
        shape = target.shape
    q = q * (1 - label_smoothing) + label_smoothing / c
    loss = -torch.einsum("ncp,ncp,c->np", q, logp, w) * live
    if reduction == "none":
        return loss.view(shape)
    return loss.sum() / norm if reduction == "mean" else loss.sum()
