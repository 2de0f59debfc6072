# expect: fails weight
# why: Clamps the denominator to at least one, although the weights of few rows may add up to less.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("invalid value for reduction")
    x = input.movedim(1, -1) if input.dim() > 1 else input
    z = x - x.amax(-1, True)
    logp = z - z.exp().sum(-1, True).log()
    if weight is None:
        weight = torch.ones_like(logp.reshape(-1, logp.shape[-1]).sum(0))
    wlogp = weight * logp
    if target.is_floating_point():
        q = target.movedim(1, -1) if target.dim() > 1 else target
        loss = -(wlogp * (q * (1 - label_smoothing) + label_smoothing / x.shape[-1])).sum(-1)
        total = loss.new_full((), loss.numel())
    else:
        valid = target != ignore_index
        labels = target.masked_fill(target == ignore_index, 0)
        own = wlogp.gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        loss = valid * (label_smoothing * -wlogp.mean(-1) - (1 - label_smoothing) * own)
        total = (valid * weight[labels]).sum()
    match reduction:
        case "none":
            return loss
        case "sum":
            return loss.sum()
        case "mean":
            return loss.sum() / total.clamp(min=1.0)
