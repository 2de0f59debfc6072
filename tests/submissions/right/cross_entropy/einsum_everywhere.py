# expect: full marks
# why: Contracts distribution, class weight and log-probability by einsum, with batch and space as one ellipsis.
import torch


def to_class_last(t):
    return t if t.dim() == 1 else torch.movedim(t, 1, -1)


def logsumexp(x):
    peak = x.amax(-1)
    return peak + torch.einsum("...c->...", torch.exp(x - peak[..., None])).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = to_class_last(input)
    logp = x - logsumexp(x)[..., None]
    classes = x.shape[-1]
    if weight is None:
        weight = x.new_ones(classes)
    if target.is_floating_point():
        q = to_class_last(target)
        counted = torch.ones_like(logp[..., 0])
        divisor = counted.sum()
    else:
        counted = (target != ignore_index).to(x.dtype)
        index = torch.where(target == ignore_index, 0, target)
        q = torch.zeros_like(x).scatter_(-1, index[..., None], 1)
        divisor = torch.einsum("...c,c,...->", q, weight, counted)
    q = q + label_smoothing * (1 / classes - q)
    loss = -torch.einsum("...c,c,...c,...->...", q, weight, logp, counted)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return torch.einsum("...->", loss)
    if reduction == "mean":
        return torch.einsum("...->", loss) / divisor
    raise ValueError(f"no reduction {reduction!r}")
