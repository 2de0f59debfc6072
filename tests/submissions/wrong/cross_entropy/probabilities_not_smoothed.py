# expect: fails probabilities+weight+label-smoothing
# why: Takes class probabilities as smooth enough and leaves label_smoothing out for them.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} cannot be used as a reduction")
    d = min(1, input.dim() - 1)
    n = input.shape[d]
    w = torch.ones(n, dtype=input.dtype, device=input.device) if weight is None else weight
    z = input - input.amax(dim=d, keepdim=True)
    cost = (z.exp().sum(dim=d, keepdim=True).log() - z) * w.reshape([n] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = torch.mul(cost, target).sum(dim=d)
        norm = loss.numel()
    else:
        used = (target != ignore_index).to(input.dtype)
        label = target.masked_fill(target == ignore_index, 0)
        own = torch.gather(cost, d, label.unsqueeze(d)).squeeze(d)
        loss = used * (own + label_smoothing * (cost.mean(dim=d) - own))
        norm = torch.sum(w[label] * used)
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
