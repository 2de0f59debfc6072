# expect: fails layout
# why: Finds the target's logit by stride arithmetic on the flattened tensor, which is laid out afresh.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be ... not " + repr(reduction))
    x = input.unsqueeze(0) if input.dim() == 1 else input
    c = x.shape[1]
    top = x.amax(1, keepdim=True)
    nlp = (x - top).exp().sum(1, keepdim=True).log() + top - x
    w = x.new_ones(c) if weight is None else weight
    wide = nlp * w.view([1, c] + [1] * (x.dim() - 2))
    t = target.unsqueeze(0) if input.dim() == 1 else target
    if t.is_floating_point():
        loss = (wide * (t * (1 - label_smoothing) + label_smoothing / c)).sum(1)
        norm = loss.numel()
    else:
        keep = t != ignore_index
        t = torch.where(keep, t, 0)
        if x.dim() == 2:
            place = torch.arange(len(x), device=x.device) * x.stride(0) + t * x.stride(1)
            picked = torch.index_select(wide.flatten(), 0, place)
        else:
            picked = wide.gather(1, t.unsqueeze(1)).squeeze(1)
        loss = keep * torch.lerp(picked, wide.mean(1), label_smoothing)
        norm = (keep * w[t]).sum()
    if reduction == "none":
        return loss.squeeze(0) if input.dim() == 1 else loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
