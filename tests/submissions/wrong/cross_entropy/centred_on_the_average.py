# expect: fails stable-values, stable-gradients
# why: Subtracts the mean of a row instead of its maximum, which still overflows for large logits.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("bad argument: reduction=" + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    c = x.shape[-1]
    x = x - x.mean(dim=-1, keepdim=True)
    logp = x - torch.log(torch.sum(torch.exp(x), dim=-1, keepdim=True))
    w = x.new_ones(c) if weight is None else weight
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = -torch.einsum("...c,...c,c->...", torch.lerp(q, torch.full_like(q, 1 / c), label_smoothing), logp, w)
        norm = loss.numel()
    else:
        real = target != ignore_index
        label = target.masked_fill(~real, 0)
        nll = -w[label] * logp.gather(-1, label.unsqueeze(-1)).squeeze(-1)
        loss = ((1 - label_smoothing) * nll - label_smoothing / c * torch.einsum("...c,c->...", logp, w)) * real
        norm = (w[label] * real).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
