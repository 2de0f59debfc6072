# expect: full marks
# why: Each example's loss is a product along the classes, of log-probabilities and what they are weighted with.
import torch
from torch.linalg import vecdot


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"unknown reduction: {reduction}")
    x = input if input.dim() == 1 else input.movedim(1, -1)
    classes = x.shape[-1]
    shifted = x - x.amax(-1, keepdim=True).detach()
    log_p = shifted - shifted.exp().sum(-1, keepdim=True).log()
    weights = torch.ones_like(x[..., :1]).expand(x.shape) if weight is None else weight.expand(x.shape)
    if target.is_floating_point():
        soft = target if target.dim() == 1 else target.movedim(1, -1)
        soft = (1 - label_smoothing) * soft + label_smoothing / classes
        loss = -vecdot(soft * weights, log_p, dim=-1)
        if reduction == "none":
            return loss
        return loss.sum() if reduction == "sum" else loss.sum() / max(1, loss.numel())
    kept = target != ignore_index
    index = torch.where(kept, target, torch.zeros_like(target)).unsqueeze(-1)
    own = weights.gather(-1, index).squeeze(-1)
    one_hot = torch.zeros_like(x).scatter(-1, index, 1.0)
    mixed = (1 - label_smoothing) * one_hot + label_smoothing / classes
    loss = torch.where(kept, -vecdot(mixed * weights, log_p, dim=-1), torch.zeros_like(own))
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / torch.where(kept, own, torch.zeros_like(own)).sum()
