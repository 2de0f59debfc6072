# expect: fails unbatched
# why: Makes C rows of one class out of a single row, so that every loss is zero.
import torch


def lse(x, dim):
    m = x.amax(dim, keepdim=True)
    return m + (x - m).exp().sum(dim, keepdim=True).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("?" + repr(reduction))
    if input.dim() == 1:
        per_class = input.unsqueeze(1) - lse(input.unsqueeze(1), 1)
        row = per_class.squeeze(1)
        return -(row * target).sum() if target.is_floating_point() else -row[target] * (target != ignore_index)
    logp = input - lse(input, 1)
    shape = (1, -1) + (1,) * (input.dim() - 2)
    w = torch.ones_like(logp) if weight is None else weight.view(shape).expand_as(logp)
    if target.is_floating_point():
        return_shape = target[:, 0]
        q, live = target, torch.ones_like(return_shape)
        norm = live.sum()
    else:
        live = (target != ignore_index).to(logp.dtype)
        q = torch.zeros_like(logp).scatter(1, (target * live.long()).unsqueeze(1), 1.0)
        norm = ((q * w).sum(1) * live).sum()
    q = torch.lerp(q, torch.full_like(q, 1.0 / input.shape[1]), label_smoothing)
    loss = -(q * w * logp).sum(1) * live
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
