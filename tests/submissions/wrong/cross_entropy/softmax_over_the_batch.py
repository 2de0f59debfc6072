# expect: fails values, laws
# diagnosis: softmax-over-the-batch, no-label-smoothing
# why: Normalises over dimension 0, which is the batch.
import torch


def log_softmax(x, dim=0):
    x = x - x.amax(dim=dim, keepdim=True)
    return x - x.exp().sum(dim=dim, keepdim=True).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    logp = log_softmax(input)
    axis = min(1, input.dim() - 1)
    if weight is not None:
        logp = logp * weight.reshape([-1] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = -(target * logp).sum(dim=axis)
        count = loss.numel()
    else:
        keep = target != ignore_index
        index = torch.where(keep, target, 0)
        loss = -logp.gather(axis, index.unsqueeze(axis)).squeeze(axis) * keep
        count = keep.sum() if weight is None else weight[index][keep].sum()
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.sum() / count
    raise ValueError(f"reduction {reduction!r}")
