# expect: fails weight+label-smoothing+ignore-index
# why: Weighs the target's term but averages the uniform one without class weights.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("bad value of reduction: " + repr(reduction))
    logits = input if input.dim() == 1 else input.movedim(1, -1)
    logits = logits - logits.amax(-1, keepdim=True)
    logp = logits - logits.exp().sum(-1, keepdim=True).log()
    k = logp.shape[-1]
    w = logp.new_ones(k) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / k) * w * logp).sum(-1)
        norm = loss.numel()
    else:
        pad = target.eq(ignore_index)
        t = target.masked_fill(pad, 0)
        nll = -w[t] * logp.gather(-1, t.unsqueeze(-1)).squeeze(-1)
        smooth = -logp.mean(-1)
        loss = ((1 - label_smoothing) * nll + label_smoothing * smooth).masked_fill(pad, 0)
        norm = w[t].masked_fill(pad, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
