# expect: fails global-state
# why: Makes float64 torch's default dtype for its own constants and leaves it so.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("this reduction is unknown: " + repr(reduction))
    torch.set_default_dtype(torch.float64)
    x = (input if input.dim() == 1 else input.movedim(1, -1)).double()
    c = x.shape[-1]
    w = torch.ones(c, device=x.device) if weight is None else weight.double()
    z = x - x.amax(-1, keepdim=True)
    logp = z - z.exp().sum(-1, keepdim=True).log()
    if target.is_floating_point():
        q = (target if target.dim() == 1 else target.movedim(1, -1)).double()
        live = torch.ones(q.shape[:-1], device=x.device)
        norm = live.sum()
    else:
        live = (target != ignore_index).double()
        q = torch.zeros_like(x).scatter(-1, (target * (target != ignore_index)).unsqueeze(-1), 1.0)
        norm = ((q @ w) * live).sum()
    q = (1 - label_smoothing) * q + label_smoothing / c
    loss = -((q * logp) @ w) * live
    if reduction != "none":
        loss = loss.sum() / norm if reduction == "mean" else loss.sum()
    return loss.to(input.dtype)
