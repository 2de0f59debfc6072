# expect: fails spatial
# why: Reshapes (N, C, d) to (-1, C) without moving the classes to the end, which mixes classes and positions.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"unexpected reduction: {reduction!r}")
    c = input.shape[0] if input.dim() == 1 else input.shape[1]
    x = input.reshape(-1, c)
    x = x - x.amax(dim=1, keepdim=True)
    logp = x - x.exp().sum(dim=1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target.reshape(-1, c) * (1 - label_smoothing) + label_smoothing / c
        loss = -(q * logp) @ w
        norm = loss.numel()
        shape = input.shape[:1] + input.shape[2:] if input.dim() > 1 else ()
    else:
        t = target.reshape(-1)
        keep = t != ignore_index
        t = t * keep
        nll = -logp.gather(1, t.unsqueeze(1)).squeeze(1) * w[t]
        loss = ((1 - label_smoothing) * nll - label_smoothing / c * (logp @ w)) * keep
        norm = (w[t] * keep).sum()
        shape = target.shape
    if reduction == "none":
        return loss.reshape(shape)
    return loss.sum() if reduction == "sum" else loss.sum() / norm
