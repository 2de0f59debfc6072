# expect: loses out-of-range
# why: Builds one-hot targets by comparing with arange(C), where a class that does not exist matches nothing.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction={reduction!r}")
    d = input.dim() > 1 and 1 or 0
    C = input.shape[d]
    view = [1] * input.dim()
    view[d] = C
    maxes, _ = torch.max(input, dim=d, keepdim=True)
    exps = torch.exp(input - maxes)
    logp = input - maxes - torch.log(exps.sum(dim=d, keepdim=True))
    w = (torch.ones(C, dtype=input.dtype, device=input.device) if weight is None else weight).view(view)
    if not target.is_floating_point():
        hot = target.unsqueeze(d) == torch.arange(C, device=target.device).view(view)
        live = (target != ignore_index).unsqueeze(d)
        hot = (hot & live).to(input.dtype)
        q = torch.where(live, hot * (1 - label_smoothing) + label_smoothing / C, 0.0)
        divisor = (hot * w).sum()
    else:
        q = target * (1 - label_smoothing) + label_smoothing / C
        divisor = input.numel() // C
    loss = (w * q * -logp).sum(dim=d)
    return {"none": lambda: loss, "sum": lambda: loss.sum(), "mean": lambda: loss.sum() / divisor}[reduction]()
