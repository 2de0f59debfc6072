# expect: fails weight+label-smoothing+ignore-index
# why: Blanks the target's term of ignored rows but lets their uniform term through.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be 'mean' | 'sum' | 'none'")
    d = 0 if input.ndim == 1 else 1
    m = torch.amax(input, d, keepdim=True)
    log_z = m + torch.log(torch.exp(input - m).sum(d, keepdim=True))
    cost = log_z - input
    n_cls = input.shape[d]
    if weight is not None:
        cost = cost * weight.reshape([n_cls] + [1] * (input.ndim - d - 1))
    uniform = cost.mean(d)
    if target.is_floating_point():
        expected = (target * cost).sum(d)
        divisor = expected.numel()
    else:
        real = target != ignore_index
        idx = torch.where(real, target, 0)
        expected = torch.where(real, cost.gather(d, idx.unsqueeze(d)).squeeze(d), 0.0)
        divisor = (real if weight is None else weight[idx] * real).sum()
    loss = expected * (1 - label_smoothing) + uniform * label_smoothing
    if reduction == "sum":
        return loss.sum()
    return loss if reduction == "none" else loss.sum() / divisor
