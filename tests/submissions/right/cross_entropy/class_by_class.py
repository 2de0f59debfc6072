# expect: full marks
# why: Goes through the classes one at a time, with a running maximum that rescales the sum so far.
import torch


def running_logsumexp(columns):
    top = columns[0].detach()
    total = torch.exp(columns[0] - top)
    for column in columns[1:]:
        new_top = torch.maximum(top, column.detach())
        total = total * torch.exp(top - new_top) + torch.exp(column - new_top)
        top = new_top
    return top + torch.log(total)


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be 'mean', 'sum' or 'none'")
    dim = 0 if input.dim() == 1 else 1
    columns = input.unbind(dim)
    number = len(columns)
    lse = running_logsumexp(columns)
    by_index = not target.is_floating_point()
    if by_index:
        valid = target != ignore_index
        if ((target < 0) | (target >= number))[valid].any():
            raise IndexError("there are %d classes only" % number)
    else:
        shares = target.unbind(dim)
    loss = torch.zeros_like(lse)
    norm = torch.zeros_like(lse)
    for c, column in enumerate(columns):
        share = ((target == c) & valid).to(input.dtype) if by_index else shares[c]
        w = 1.0 if weight is None else weight[c]
        norm = norm + share * w
        smoothed = share * (1 - label_smoothing) + label_smoothing / number
        if by_index:
            smoothed = smoothed * valid
        loss = loss + w * smoothed * (lse - column)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / norm.sum() if by_index else loss.sum() / loss.numel()
