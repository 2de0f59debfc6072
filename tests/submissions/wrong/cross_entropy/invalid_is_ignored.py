# expect: fails out-of-range
# why: Ignores every target that is no class, where torch.nn raises.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("mean, sum and none are the reductions")
    d = int(input.dim() > 1)
    k = input.shape[d]
    m = input.amax(d, keepdim=True)
    log_p = input - m - (input - m).exp().sum(d, keepdim=True).log()
    w = log_p.new_ones(k) if weight is None else weight
    wide = w.reshape([k] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        mask = torch.ones_like(target)
        q, norm = target, target.numel() / k
    else:
        sane = (target >= 0) & (target < k) & (target != ignore_index)
        mask = sane.unsqueeze(d).to(input.dtype)
        q = torch.zeros_like(log_p).scatter(d, (target * sane).unsqueeze(d), 1.0)
        norm = (q * mask * wide).sum()
    q = (q * (1 - label_smoothing) + label_smoothing / k) * mask
    loss = -(q * wide * log_p).sum(d)
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
