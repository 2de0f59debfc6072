# expect: fails weight+ignore-index
# why: Sets the weight at position ignore_index to zero: right for a class, but -1 hits the last class and -100 nothing.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be one of the three")
    logits = input if input.dim() == 1 else input.movedim(1, -1)
    c = logits.shape[-1]
    w = logits.new_ones(c) if weight is None else weight.clone()
    if -c <= ignore_index < c and not target.is_floating_point():
        w[ignore_index] = 0
    z = logits - logits.amax(-1, keepdim=True)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / c) * logp * w).sum(-1)
        norm = loss.numel()
    else:
        own = w[target]
        loss = -own * (1 - label_smoothing) * logp.gather(-1, (target % c).unsqueeze(-1)).squeeze(-1)
        loss = loss - label_smoothing / c * (logp * w).sum(-1) * (own != 0)
        norm = own.sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
