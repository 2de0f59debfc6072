# expect: fails stable-values, stable-gradients
# why: Clamps the logits to 30 either way so that the exponential cannot overflow.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction given: " + repr(reduction))
    d = 1 if input.dim() > 1 else 0
    logits = input.clamp(-30.0, 30.0)
    logits = logits - logits.amax(d, keepdim=True)
    nlp = torch.log(torch.exp(logits).sum(d, keepdim=True)) - logits
    c = input.shape[d]
    w = input.new_ones(c) if weight is None else weight
    nlp = nlp * w.reshape([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = (nlp * (target * (1 - label_smoothing) + label_smoothing / c)).sum(d)
        norm = loss.numel()
    else:
        keep = target != ignore_index
        t = torch.where(keep, target, 0)
        loss = keep * ((1 - label_smoothing) * nlp.gather(d, t.unsqueeze(d)).squeeze(d) + label_smoothing * nlp.mean(d))
        norm = (keep * w[t]).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
