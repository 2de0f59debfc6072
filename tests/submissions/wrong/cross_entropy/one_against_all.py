# expect: fails values
# why: Adds -log(1 - p) of all the other classes, which makes it a binary cross entropy.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    unbatched = input.dim() == 1
    x = input[None] if unbatched else input
    x = x - x.amax(1, keepdim=True)
    p = x.exp() / x.exp().sum(1, keepdim=True)
    if target.is_floating_point():
        y = target[None] if unbatched else target
    else:
        t = target[None] if unbatched else target
        y = torch.zeros_like(p).scatter(1, t.unsqueeze(1), 1.0)
    bce = -(y * p.log() + (1 - y) * (1 - p + 1e-6).log()).sum(1)
    if reduction == "mean":
        return bce.mean()
    if reduction == "sum":
        return bce.sum()
    if reduction == "none":
        return bce[0] if unbatched else bce
    raise ValueError("bad reduction")
