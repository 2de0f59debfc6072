# expect: fails global-state
# why: Calls manual_seed, copied from the top of a training script.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    torch.manual_seed(2024)
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction: " + str(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.max(-1, keepdim=True).values
    cost = x.exp().sum(-1, keepdim=True).log() - x
    k = x.shape[-1]
    cost = cost if weight is None else cost * weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = torch.sum((q * (1 - label_smoothing) + label_smoothing / k) * cost, dim=-1)
        total = loss.numel()
    else:
        mask = target.ne(ignore_index)
        label = target.masked_fill(~mask, 0)
        hard = cost.gather(-1, label.unsqueeze(-1)).squeeze(-1)
        loss = ((1 - label_smoothing) * hard + label_smoothing * cost.mean(-1)) * mask
        total = (mask if weight is None else mask * weight[label]).sum()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    return loss.sum() / total
