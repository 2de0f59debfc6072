# expect: fails gradients, laws
# why: Detaches the log-sum-exp together with the maximum, so that only the target's logit gets a gradient.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a reduction")
    x = input if input.dim() < 2 else input.movedim(1, -1)
    with torch.no_grad():
        top = x.amax(-1, keepdim=True)
        lse = top + (x - top).exp().sum(-1, keepdim=True).log()
    logp = x - lse
    c = x.shape[-1]
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() < 2 else target.movedim(1, -1)
        loss = -((q * (1 - label_smoothing) + label_smoothing / c) * w * logp).sum(-1)
        n = loss.numel()
    else:
        on = target != ignore_index
        t = target.where(on, torch.zeros_like(target))
        nll = -w[t] * logp.gather(-1, t[..., None])[..., 0]
        loss = ((1 - label_smoothing) * nll - label_smoothing / c * (w * logp).sum(-1)) * on
        n = (w[t] * on).sum()
    if reduction == "none":
        return loss
    return loss.sum() / n if reduction == "mean" else loss.sum()
