# expect: fails spatial
# why: Works on flattened positions and returns them flat for none.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "none", "sum"):
        raise ValueError("bad reduction: %r" % (reduction,))
    single = input.dim() == 1
    rows = input.unsqueeze(0) if single else input.movedim(1, -1).flatten(0, -2)
    number = rows.shape[1]
    rows = rows - rows.amax(1, keepdim=True)
    surprise = rows.exp().sum(1, keepdim=True).log() - rows
    w = rows.new_ones(number) if weight is None else weight
    if target.is_floating_point():
        q = target.unsqueeze(0) if single else target.movedim(1, -1).flatten(0, -2)
        live = rows.new_ones(len(rows))
        norm = len(rows)
    else:
        t = target.reshape(-1)
        live = (t != ignore_index).to(rows.dtype)
        q = torch.zeros_like(rows).scatter(1, (t * live.long()).unsqueeze(1), 1.0)
        norm = ((q @ w) * live).sum()
    q = (1 - label_smoothing) * q + label_smoothing / number
    loss = ((q * surprise) @ w) * live
    if reduction == "mean":
        return loss.sum() / norm
    if reduction == "sum":
        return loss.sum()
    return loss.squeeze(0) if single else loss
