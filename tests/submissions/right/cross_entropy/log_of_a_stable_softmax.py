# expect: loses stable-values, stable-gradients
# diagnosis: logarithm-of-softmax
# why: Shifts before the exponential but takes the logarithm of the quotient, which underflows to log 0.
import torch


def probabilities(x):
    e = (x - x.max(dim=-1, keepdim=True).values).exp()
    return e / e.sum(dim=-1, keepdim=True)


def pick(values, index):
    return torch.gather(values, dim=-1, index=index.unsqueeze(-1)).squeeze(-1)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(reduction)
    p = probabilities(torch.movedim(input, 1, -1) if input.dim() >= 2 else input)
    information = -p.log()
    n_classes = p.size(-1)
    if weight is not None:
        information = information * weight
    if target.is_floating_point():
        q = torch.movedim(target, 1, -1) if target.dim() >= 2 else target
        loss = (1 - label_smoothing) * (q * information).sum(-1) + label_smoothing * information.mean(-1)
        count = torch.tensor(loss.numel(), dtype=input.dtype, device=input.device)
    else:
        use = target != ignore_index
        label = torch.where(use, target, torch.zeros_like(target))
        loss = (1 - label_smoothing) * pick(information, label) + label_smoothing * information.mean(-1)
        loss = loss * use
        count = use.sum() if weight is None else (weight[label] * use).sum()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    return loss.sum() / count
