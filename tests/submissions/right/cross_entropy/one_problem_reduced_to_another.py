# expect: full marks
# why: Handles only rows of logits with dense targets and row masks, and calls itself for every other layout.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction {reduction!r}")
    options = dict(weight=weight, ignore_index=ignore_index, reduction=reduction, label_smoothing=label_smoothing)
    if input.dim() == 1:
        single = cross_entropy(input.unsqueeze(0), target.unsqueeze(0), **options)
        return single.squeeze(0) if reduction == "none" else single
    if input.dim() > 2:
        c, space = input.shape[1], input.shape[:1] + input.shape[2:]
        flat_target = target.movedim(1, -1).reshape(-1, c) if target.dim() == input.dim() else target.reshape(-1)
        flat = cross_entropy(input.movedim(1, -1).reshape(-1, c), flat_target, **options)
        return flat.reshape(space) if reduction == "none" else flat
    return _matrix(input, target, **options)


def _matrix(x, target, weight, ignore_index, reduction, label_smoothing):
    n, c = x.shape
    x = x - x.topk(1, dim=1).values
    cost = x.exp().sum(1, keepdim=True).log() - x
    w = x.new_full((c,), 1.0) if weight is None else weight
    if target.dim() == 2:
        q, active, norm = target, x.new_full((n, 1), 1.0), n
    else:
        classes = torch.arange(c, device=x.device)
        if ((target >= c) | (target < 0)).logical_and(target != ignore_index).any():
            raise IndexError("class out of range")
        active = (target != ignore_index).unsqueeze(1).to(x.dtype)
        q = (target.unsqueeze(1) == classes).to(x.dtype) * active
        norm = (q @ w).sum()
    q = (1 - label_smoothing) * q + label_smoothing / c * active
    loss = (q * cost) @ w
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / norm
