# expect: fails label-smoothing
# diagnosis: smoothing-of-the-others
# why: Spreads the smoothing over the other C - 1 classes, as the original paper's pictures suggest.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("bad reduction " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    x = x - x.amax(-1, keepdim=True)
    logp = x - x.exp().sum(-1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        q = q * (1 - label_smoothing) + label_smoothing / c
        live = torch.ones_like(logp[..., 0])
        norm = live.sum()
    else:
        live = (target != ignore_index).to(x.dtype)
        index = (target * live.long()).unsqueeze(-1)
        norm = (w[index[..., 0]] * live).sum()
        others = label_smoothing / (c - 1) if c > 1 else 0.0
        q = torch.full_like(logp, others).scatter(-1, index, 1 - label_smoothing)
    loss = -(q * w * logp).sum(-1) * live
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
