# expect: fails stable-values, stable-gradients
# why: Class probabilities take a way of their own, on which the maximum is not subtracted.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("no such reduction: " + repr(reduction))
    x = input.unsqueeze(0) if input.dim() == 1 else input
    classes = x.size(1)
    top = x.amax(1, keepdim=True).detach()
    cost = (x - top).exp().sum(1, keepdim=True).log() + top - x
    if weight is not None:
        cost = cost * weight.view(-1, *[1] * (x.dim() - 2))
    if target.is_floating_point():
        cost = x.exp().sum(1, keepdim=True).log() - x
        if weight is not None:
            cost = cost * weight.view(-1, *[1] * (x.dim() - 2))
        soft = target.unsqueeze(0) if input.dim() == 1 else target
        each = (cost * (soft * (1 - label_smoothing) + label_smoothing / classes)).sum(1)
        share = torch.ones_like(each)
    else:
        hard = target.unsqueeze(0) if input.dim() == 1 else target
        padding = hard == ignore_index
        place = hard.masked_fill(padding, 0)
        each = cost.gather(1, place.unsqueeze(1)).squeeze(1)
        if label_smoothing:
            each = torch.lerp(each, cost.mean(1), label_smoothing)
        each = each.masked_fill(padding, 0)
        share = (torch.ones_like(each) if weight is None else weight[place]).masked_fill(padding, 0)
    if reduction == "none":
        return each.squeeze(0) if input.dim() == 1 else each
    if reduction == "sum":
        return each.sum()
    return each.mean() / share.mean()
