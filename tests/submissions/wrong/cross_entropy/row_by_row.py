# expect: fails vectorised
# why: Computes one row after the other in Python and stacks the losses.
import torch


def row_loss(row, q, w, eps):
    z = row - row.max()
    logp = z - z.exp().sum().log()
    return -((q * (1 - eps) + eps / len(row)) * w * logp).sum()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none, you said " + repr(reduction))
    axis = 0 if input.dim() == 1 else 1
    c = input.shape[axis]
    shape = input.movedim(axis, -1).shape[:-1]
    rows = input.movedim(axis, -1).reshape(-1, c)
    w = rows.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q, live = target.movedim(axis, -1).reshape(-1, c), rows.new_ones(len(rows))
        norm = live.sum()
    else:
        t = target.reshape(-1)
        live = (t != ignore_index).to(rows.dtype)
        t = t.masked_fill(t == ignore_index, 0)
        q = torch.zeros_like(rows).scatter(1, t.unsqueeze(1), 1.0)
        norm = (w[t] * live).sum()
    losses = [row_loss(rows[i], q[i], w, label_smoothing) * live[i] for i in range(len(rows))]
    loss = torch.stack(losses) if losses else rows.sum(1)
    if reduction == "none":
        return loss.reshape(shape)
    return loss.sum() / norm if reduction == "mean" else loss.sum()
