# expect: fails one-class
# why: Takes a single class for a binary problem and uses the logistic loss there.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction not valid: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    if c == 1:
        logp = -torch.log(1 + torch.exp(-x))
    else:
        z = x - x.amax(-1, keepdim=True)
        logp = z - z.exp().sum(-1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / c) * w * logp).sum(-1)
        count = loss.numel()
    else:
        valid = target != ignore_index
        label = target.masked_fill(~valid, 0)
        own = (w * logp).gather(-1, label.unsqueeze(-1)).squeeze(-1)
        loss = -((1 - label_smoothing) * own + label_smoothing * (w * logp).mean(-1)) * valid
        count = (w[label] * valid).sum()
    if reduction == "none":
        return loss
    return loss.sum() / count if reduction == "mean" else loss.sum()
