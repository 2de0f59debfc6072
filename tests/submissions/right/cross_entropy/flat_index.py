# expect: full marks
# why: Picks from the flattened log-probabilities by row * C + class, after refusing classes that do not exist.
import torch


def check(target, ignore_index, classes):
    outside = ((target < 0) | (target >= classes)) & (target != ignore_index)
    if outside.any():
        raise IndexError("target is out of bounds for %d classes" % classes)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ["mean", "sum", "none"]:
        raise ValueError("reduction=" + repr(reduction))
    channel = min(1, input.dim() - 1)
    c = input.size(channel)
    x = torch.movedim(input, channel, -1).reshape(-1, c)
    x = x - torch.amax(x, 1, True)
    logp = x - torch.log(torch.sum(torch.exp(x), 1, True))
    weighted = logp if weight is None else logp * weight
    uniform = label_smoothing / c

    if target.is_floating_point():
        t = torch.movedim(target, channel, -1).reshape(-1, c)
        loss = -torch.sum((t - t * label_smoothing + uniform) * weighted, dim=1)
        divisor = len(loss)
        shape = torch.movedim(input, channel, -1).shape[:-1]
    else:
        check(target, ignore_index, c)
        t = target.reshape(-1)
        valid = t.ne(ignore_index)
        t = t * valid
        rows = torch.arange(t.numel(), device=t.device)
        own = weighted.reshape(-1).index_select(0, rows * c + t)
        loss = -((1 - label_smoothing) * own + uniform * weighted.sum(1))
        loss = torch.where(valid, loss, torch.zeros_like(loss))
        ones = torch.ones_like(loss) if weight is None else weight.index_select(0, t)
        divisor = torch.where(valid, ones, torch.zeros_like(ones)).sum()
        shape = target.shape

    if reduction == "none":
        return loss.reshape(shape)
    loss = loss.sum()
    if reduction == "mean":
        loss = loss / divisor
    return loss
