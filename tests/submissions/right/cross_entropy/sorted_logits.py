# expect: full marks
# why: Sorts the logits, so that the largest is split off and the others are added through log1p.
import torch


def log_partition(x):
    ordered = torch.sort(x, dim=-1, descending=True).values
    first, others = ordered[..., :1], ordered[..., 1:]
    return first + torch.log1p(torch.exp(others - first).sum(dim=-1, keepdim=True))


class _Criterion:
    def __init__(self, weight, ignore_index, smoothing):
        self.class_weight = weight
        self.ignore_index = ignore_index
        self.smoothing = smoothing

    def weighted(self, values):
        return values if self.class_weight is None else values * self.class_weight

    def soft(self, nlp, target):
        c = nlp.shape[-1]
        q = target * (1 - self.smoothing) + self.smoothing / c
        loss = self.weighted(q * nlp).sum(-1)
        return loss, loss.numel()

    def hard(self, nlp, target):
        live = target != self.ignore_index
        label = target.where(live, torch.zeros_like(target)).unsqueeze(-1)
        nlp = self.weighted(nlp)
        w = self.weighted(torch.ones_like(nlp)).gather(-1, label).squeeze(-1) * live
        loss = nlp.gather(-1, label).squeeze(-1) * (1 - self.smoothing) + nlp.mean(-1) * self.smoothing
        return loss * live, w.sum()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if not isinstance(reduction, str) or reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is neither mean nor sum nor none")
    last = (lambda t: t) if input.dim() == 1 else (lambda t: t.moveaxis(1, -1))
    x = last(input)
    nlp = log_partition(x) - x
    criterion = _Criterion(weight, ignore_index, label_smoothing)
    if target.is_floating_point():
        loss, count = criterion.soft(nlp, last(target))
    else:
        loss, count = criterion.hard(nlp, target)
    if reduction == "mean":
        return loss.sum() / count
    elif reduction == "sum":
        return loss.sum()
    return loss
