# expect: fails ignore-index
# why: Ignores every negative target and none that is a class, so that ignore_index=1 does nothing.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    reducer = {"mean", "sum", "none"}
    if reduction not in reducer:
        raise ValueError("reduction must be in " + repr(reducer))
    logits = input.movedim(1, -1) if input.dim() > 1 else input
    logits = logits - logits.amax(-1, keepdim=True)
    logp = logits - torch.log(torch.exp(logits).sum(-1, keepdim=True))
    if weight is None:
        weight = input.new_ones(logits.shape[-1])
    if target.is_floating_point():
        q = target.movedim(1, -1) if target.dim() > 1 else target
        loss = -((q * (1 - label_smoothing) + label_smoothing / logits.shape[-1]) * logp) @ weight
        divisor = loss.numel()
    else:
        valid = target >= 0
        label = target.clamp(min=0)
        loss = -(1 - label_smoothing) * logp.gather(-1, label.unsqueeze(-1)).squeeze(-1) * weight[label]
        loss = loss - label_smoothing / logits.shape[-1] * (logp @ weight)
        loss = torch.where(valid, loss, 0.0)
        divisor = torch.where(valid, weight[label], 0.0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / divisor if reduction == "mean" else loss.sum()
