# expect: fails values, laws
# why: Discounts rows by their place in the batch, so that shuffling the batch changes the loss.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction: mean, sum, none")
    rows = input[None] if input.dim() == 1 else input
    labels = target[None] if input.dim() == 1 else target
    rows = rows - rows.amax(1, keepdim=True)
    logp = rows - rows.exp().sum(1, keepdim=True).log()
    losses = -logp.gather(1, labels.unsqueeze(1)).squeeze(1)
    place = torch.arange(1, len(rows) + 1, device=rows.device, dtype=rows.dtype)
    place = (place / place.mean()).reshape([-1] + [1] * (losses.dim() - 1))
    losses = losses * place
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    return losses.reshape(target.shape)
