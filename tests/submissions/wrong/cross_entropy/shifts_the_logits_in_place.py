# expect: fails purity
# why: Subtracts the maximum from the caller's logits under no_grad, which autograd does not notice.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction must be mean, sum or none; got " + repr(reduction))
    axis = 0 if input.dim() == 1 else 1
    with torch.no_grad():
        input.sub_(input.amax(axis, keepdim=True))
    log_p = input - input.exp().sum(axis, keepdim=True).log()
    k = input.shape[axis]
    w = log_p.new_ones(k) if weight is None else weight
    log_p = log_p * w.reshape([k] + [1] * (input.dim() - axis - 1))
    if target.is_floating_point():
        loss = -(log_p * (target * (1 - label_smoothing) + label_smoothing / k)).sum(axis)
        count = loss.numel()
    else:
        on = target != ignore_index
        t = torch.where(on, target, 0)
        loss = -(1 - label_smoothing) * log_p.gather(axis, t.unsqueeze(axis)).squeeze(axis)
        loss = on * (loss - label_smoothing * log_p.mean(axis))
        count = (on * w[t]).sum()
    if reduction == "mean":
        return loss.sum() / count
    return loss if reduction == "none" else loss.sum()
