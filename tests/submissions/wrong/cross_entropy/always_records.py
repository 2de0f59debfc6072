# expect: fails graph
# why: Opens enable_grad around everything and so ignores no_grad.
import torch


@torch.enable_grad()
def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction is invalid: " + repr(reduction))
    d = int(input.dim() > 1)
    top = input.amax(d, keepdim=True)
    cost = top - input + torch.log(torch.exp(input - top).sum(d, keepdim=True))
    k = input.size(d)
    w = torch.ones(k, dtype=input.dtype, device=input.device) if weight is None else weight
    cost = cost * w.view(k, *[1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = torch.sum(cost * ((1 - label_smoothing) * target + label_smoothing / k), d)
        norm = loss.numel()
    else:
        pad = target == ignore_index
        t = target.masked_fill(pad, 0)
        loss = (1 - label_smoothing) * cost.gather(d, t.unsqueeze(d)).squeeze(d) + label_smoothing * cost.mean(d)
        loss = loss.masked_fill(pad, 0)
        norm = w[t].masked_fill(pad, 0).sum()
    if reduction == "mean":
        return loss.sum() / norm
    return loss.sum() if reduction == "sum" else loss
