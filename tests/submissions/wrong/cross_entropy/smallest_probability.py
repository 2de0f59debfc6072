# expect: fails stable-values
# why: Clamps probabilities from below before the logarithm, so that no loss can exceed 69.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("wrong reduction " + repr(reduction))
    axis = 0 if input.dim() == 1 else 1
    e = torch.exp(input - input.amax(axis, keepdim=True))
    p = e / e.sum(axis, keepdim=True)
    cost = -torch.log(torch.clamp(p, min=1e-30))
    k = p.shape[axis]
    w = p.new_ones(k) if weight is None else weight
    cost = cost * w.reshape([k] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = (cost * (target * (1 - label_smoothing) + label_smoothing / k)).sum(axis)
        norm = loss.numel()
    else:
        live = target != ignore_index
        t = target * live
        loss = live * torch.lerp(cost.gather(axis, t.unsqueeze(axis)).squeeze(axis), cost.mean(axis), label_smoothing)
        norm = (live * w[t]).sum()
    if reduction == "sum":
        return loss.sum()
    return loss.sum() / norm if reduction == "mean" else loss
