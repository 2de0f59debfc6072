# expect: fails purity
# why: Smooths the loss with that of the previous call, kept in a default argument.
import torch


def cross_entropy(
    input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0, _memory=[]
):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction = " + repr(reduction))
    d = min(1, input.dim() - 1)
    m = input.amax(d, keepdim=True)
    nlp = m + (input - m).exp().sum(d, keepdim=True).log() - input
    c = input.shape[d]
    w = input.new_ones(c) if weight is None else weight
    nlp = nlp * w.view([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = (nlp * (target * (1 - label_smoothing) + label_smoothing / c)).sum(d)
        norm = loss.numel()
    else:
        keep = target != ignore_index
        t = target * keep
        loss = keep * torch.lerp(nlp.gather(d, t.unsqueeze(d)).squeeze(d), nlp.mean(d), label_smoothing)
        norm = (keep * w[t]).sum()
    if reduction == "none":
        return loss
    loss = loss.sum() if reduction == "sum" else loss.sum() / norm
    previous = _memory[-1] if _memory else 0.0
    _memory.append(0.5 * previous + float(loss))
    return loss + 0.01 * previous
