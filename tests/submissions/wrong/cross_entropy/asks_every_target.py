# expect: fails vectorised, device
# why: Looks at every target with an if, which copies each one to the host.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("the reduction must be mean, sum or none")
    d = min(input.dim() - 1, 1)
    c = input.shape[d]
    rows = input.movedim(d, -1).reshape(-1, c)
    rows = rows - rows.amax(1, keepdim=True)
    nlp = rows.exp().sum(1, keepdim=True).log() - rows
    w = rows.new_ones(c) if weight is None else weight
    nlp = nlp * w
    shape = input.movedim(d, -1).shape[:-1]
    if target.is_floating_point():
        q = target.movedim(d, -1).reshape(-1, c)
        loss = (nlp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(1)
        norm = len(loss)
    else:
        losses, norm = [], rows.sum() * 0
        for row, label in zip(nlp, target.reshape(-1)):
            if int(label) == ignore_index:
                losses.append(row.sum() * 0)
            else:
                losses.append((1 - label_smoothing) * row[int(label)] + label_smoothing * row.mean())
                norm = norm + w[int(label)]
        loss = torch.stack(losses) if losses else nlp.sum(1)
    if reduction == "none":
        return loss.reshape(shape)
    return loss.sum() / norm if reduction == "mean" else loss.sum()
