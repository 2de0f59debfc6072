# expect: fails spatial
# why: Divides the sum by the number of samples and forgets the positions within each.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be in (mean, sum, none)")
    dim = 0 if input.dim() == 1 else 1
    z = input - input.amax(dim, keepdim=True)
    logp = z - z.exp().sum(dim, keepdim=True).log()
    if target.is_floating_point():
        loss = -(target * logp).sum(dim)
        live = torch.ones_like(loss)
    else:
        live = (target != ignore_index).to(logp.dtype)
        t = torch.where(target == ignore_index, 0, target)
        loss = -logp.gather(dim, t.unsqueeze(dim)).squeeze(dim) * live
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    samples = live if live.dim() < 2 else live.flatten(1).amax(dim=1)
    return loss.sum() / samples.sum()
