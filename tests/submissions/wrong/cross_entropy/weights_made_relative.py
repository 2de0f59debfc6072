# expect: fails weight
# why: Scales the weights to an average of one first, which changes sum and none.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in {"mean", "sum", "none"}:
        raise ValueError("reduction should be one of mean, sum, none")
    logits = input if input.dim() == 1 else torch.movedim(input, 1, -1)
    c = logits.shape[-1]
    relative = torch.ones(c, dtype=input.dtype, device=input.device)
    if weight is not None:
        relative = weight * c / weight.sum()
    e = torch.exp(logits - logits.max(-1, keepdim=True).values)
    cost = relative * (e.sum(-1, keepdim=True) / e).log()
    if target.is_floating_point():
        q = target if target.dim() == 1 else torch.movedim(target, 1, -1)
        loss = torch.sum(cost * (q * (1 - label_smoothing) + label_smoothing / c), -1)
        norm = loss.numel()
    else:
        on = (target != ignore_index).to(cost.dtype)
        index = torch.where(target != ignore_index, target, 0)
        loss = on * torch.lerp(cost.gather(-1, index[..., None])[..., 0], cost.mean(-1), label_smoothing)
        norm = (relative[index] * on).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
