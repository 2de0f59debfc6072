# expect: fails device
# why: Keeps a table of one-hot rows on the CPU and copies the targets there to look them up.
import torch


def one_hot(labels, classes, like):
    table = torch.eye(classes, dtype=like.dtype)
    return table.index_select(0, labels.flatten().to("cpu")).reshape(*labels.shape, classes).to(like.device)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("no valid reduction: " + repr(reduction))
    x = input.movedim(1, -1) if input.dim() > 1 else input
    k = x.size(-1)
    logp = x - x.amax(-1, keepdim=True)
    logp = logp - logp.exp().sum(-1, keepdim=True).log()
    w = torch.ones_like(logp) if weight is None else weight.expand_as(logp)
    if target.is_floating_point():
        q = target.movedim(1, -1) if target.dim() > 1 else target
        live = torch.ones_like(q[..., 0])
        norm = live.sum()
    else:
        counted = target != ignore_index
        live = counted.to(x.dtype)
        q = one_hot(target * counted, k, x)
        norm = ((q * w).sum(-1) * live).sum()
    q = q + label_smoothing * (1 / k - q)
    loss = -(q * w * logp).sum(-1) * live
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
