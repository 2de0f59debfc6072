# expect: full marks
# why: Widens everything to float64, computes with masks and a matrix product, and casts back at the very end.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    names = ("none", "mean", "sum")
    if reduction not in names:
        raise ValueError("reduction must be in " + str(names))
    batched = input.dim() > 1
    x = (input if batched else input[None]).double()
    x = x.flatten(2).transpose(1, 2) if x.dim() > 2 else x[:, None, :]
    w = torch.ones(x.shape[-1], dtype=x.dtype, device=x.device) if weight is None else weight.double()
    z = x - x.max(dim=-1, keepdim=True)[0]
    logp = z - z.exp().sum(-1, keepdim=True).log()
    if target.is_floating_point():
        q = (target if batched else target[None]).double()
        q = q.flatten(2).transpose(1, 2) if q.dim() > 2 else q[:, None, :]
        q = (1 - label_smoothing) * q + label_smoothing / x.shape[-1]
        loss = -(q * logp) @ w
        total, count = loss.sum(), loss.numel()
        shape = input.shape[:1] + input.shape[2:] if batched else ()
    else:
        t = target.reshape(x.shape[:2])
        on = (t != ignore_index).double()
        t = t.masked_fill(t == ignore_index, 0)
        nll = -logp.gather(2, t[:, :, None])[:, :, 0] * w[t]
        loss = on * ((1 - label_smoothing) * nll - label_smoothing / x.shape[-1] * (logp @ w))
        total, count = loss.sum(), (on * w[t]).sum()
        shape = target.shape
    if reduction == "mean":
        result = total / count
    elif reduction == "sum":
        result = total
    else:
        result = loss.reshape(shape)
    return result.to(input.dtype)
