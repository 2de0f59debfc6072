# expect: fails dtype
# diagnosis: float64-kept
# why: Widens the logits to float64 and returns the loss in it.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be known: " + repr(reduction))
    x = (input if input.dim() == 1 else input.movedim(1, -1)).double()
    c = x.shape[-1]
    top = x.amax(-1, keepdim=True)
    cost = top + torch.log((x - top).exp().sum(-1, keepdim=True)) - x
    if weight is not None:
        cost = cost * weight.double()
    if target.is_floating_point():
        q = (target if target.dim() == 1 else target.movedim(1, -1)).double()
        loss = (cost * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        norm = loss.numel()
    else:
        pad = target == ignore_index
        label = target.masked_fill(pad, 0)
        loss = cost.gather(-1, label.unsqueeze(-1)).squeeze(-1)
        loss = (loss + label_smoothing * (cost.mean(-1) - loss)).masked_fill(pad, 0)
        each = torch.ones_like(loss) if weight is None else weight[label].double()
        norm = each.masked_fill(pad, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
