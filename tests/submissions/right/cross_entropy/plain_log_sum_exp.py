# expect: loses stable-values, stable-gradients, out-of-range
# diagnosis: no-maximum-subtracted
# why: Takes the log of the sum of exponentials without a shift, and picks rows of an identity matrix, where -1 wraps.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ["none", "mean", "sum"]:
        raise ValueError("invalid reduction")
    unbatched = input.dim() == 1
    x = input.unsqueeze(0) if unbatched else input.movedim(1, -1)
    k = x.shape[-1]
    nlp = x.exp().sum(-1, keepdim=True).log() - x
    cw = weight if weight is not None else nlp.new_ones(k)
    if target.is_floating_point():
        q = target.unsqueeze(0) if unbatched else target.movedim(1, -1)
        rows = torch.ones_like(nlp[..., 0])
        norm = rows.sum()
    else:
        t = target.unsqueeze(0) if unbatched else target
        rows = t.ne(ignore_index).to(x.dtype)
        identity = torch.eye(k, dtype=x.dtype, device=x.device)
        q = identity[torch.where(t == ignore_index, 0, t)]
        norm = ((q * cw).sum(-1) * rows).sum()
    q = q * (1 - label_smoothing) + label_smoothing / k
    loss = (q * cw * nlp).sum(-1) * rows
    if reduction == "mean":
        return loss.sum() / norm
    if reduction == "sum":
        return loss.sum()
    return loss.squeeze(0) if unbatched else loss
