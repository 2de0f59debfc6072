# expect: fails device
# why: Compares the targets with an arange that lives on the CPU.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction may not be " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    z = x - x.amax(-1, keepdim=True)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        live = torch.ones_like(logp[..., 0])
        norm = live.sum()
    else:
        live = (target != ignore_index).to(logp.dtype)
        if ((target >= c) | (target < 0)).logical_and(target != ignore_index).any():
            raise IndexError("target out of range")
        q = (target.unsqueeze(-1) == torch.arange(c)).to(logp.dtype)
        norm = ((q * w).sum(-1) * live).sum()
    q = q * (1 - label_smoothing) + label_smoothing / c
    loss = -(q * w * logp).sum(-1) * live
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
