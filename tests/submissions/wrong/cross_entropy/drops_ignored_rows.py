# expect: fails ignore-index
# why: Removes ignored rows, which makes the answer for none too short.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("cannot reduce by " + repr(reduction))
    c = input.shape[min(1, input.dim() - 1)]
    rows = input.reshape(1, c) if input.dim() == 1 else input.movedim(1, -1).reshape(-1, c)
    rows = rows - rows.amax(1, keepdim=True)
    cost = rows.exp().sum(1, keepdim=True).log() - rows
    w = rows.new_ones(c) if weight is None else weight
    shape = input.shape[:1] + input.shape[2:] if input.dim() > 1 else torch.Size()
    if target.is_floating_point():
        q = target.reshape(1, c) if target.dim() == 1 else target.movedim(1, -1).reshape(-1, c)
        norm = len(rows)
    else:
        t = target.reshape(-1)
        chosen = t != ignore_index
        t, cost = t[chosen], cost[chosen]
        q = torch.zeros_like(cost).scatter(1, t.unsqueeze(1), 1.0)
        norm = w[t].sum()
    loss = ((q * (1 - label_smoothing) + label_smoothing / c) * cost * w).sum(1)
    if reduction == "none":
        return loss.reshape(shape) if len(loss) == len(rows) else loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
