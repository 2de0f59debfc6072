# expect: fails probabilities+weight+label-smoothing
# why: Multiplies the probabilities by the weights before it smooths them, so that the uniform part has no weight.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("unknown reduction given: " + repr(reduction))
    axis = 0 if input.dim() == 1 else 1
    k = input.shape[axis]
    e = torch.exp(input - input.max(axis, keepdim=True).values)
    nlp = e.sum(axis, keepdim=True).log() - (input - input.max(axis, keepdim=True).values)
    w = input.new_ones(k) if weight is None else weight
    wide = w.reshape((k,) + (1,) * (input.dim() - axis - 1))
    if target.is_floating_point():
        mixture = target * wide
        mixture = mixture * (1 - label_smoothing) + label_smoothing / k
        loss = (mixture * nlp).sum(axis)
        count = loss.numel()
    else:
        nlp = nlp * wide
        keep = target != ignore_index
        t = target * keep
        loss = nlp.gather(axis, t.unsqueeze(axis)).squeeze(axis) * (1 - label_smoothing)
        loss = torch.where(keep, loss + label_smoothing * nlp.mean(axis), torch.zeros_like(loss))
        count = torch.where(keep, w[t], torch.zeros_like(loss)).sum()
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / count
