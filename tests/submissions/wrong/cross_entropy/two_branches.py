# expect: fails stable-gradients
# why: Chooses the stable branch by where, but the gradient of the branch not taken is 0 times infinity.
import torch


def log_probabilities(x):
    shifted = x - x.amax(-1, keepdim=True)
    e = shifted.exp()
    z = e.sum(-1, keepdim=True)
    return torch.where(shifted > -10, torch.log(e / z), shifted - z.log())


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be right")
    logp = log_probabilities(input if input.dim() == 1 else input.movedim(1, -1))
    c = logp.shape[-1]
    if weight is None:
        weight = logp.new_ones(c)
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        losses = -((q * (1 - label_smoothing) + label_smoothing / c) * weight * logp).sum(-1)
        norm = losses.numel()
    else:
        mask = target != ignore_index
        labels = torch.where(mask, target, torch.zeros_like(target))
        own = (weight * logp).gather(-1, labels.unsqueeze(-1)).squeeze(-1)
        losses = -((1 - label_smoothing) * own + label_smoothing * (weight * logp).mean(-1)) * mask
        norm = (weight[labels] * mask).sum()
    if reduction == "none":
        return losses
    return losses.sum() / norm if reduction == "mean" else losses.sum()
