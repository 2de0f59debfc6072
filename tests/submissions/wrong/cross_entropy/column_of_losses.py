# expect: fails reductions
# why: Keeps the gathered dimension, so that none returns a column.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    logits = input if input.dim() == 1 else torch.movedim(input, 1, -1)
    logits = logits - torch.amax(logits, -1, keepdim=True)
    log_probs = logits - torch.log(torch.sum(torch.exp(logits), -1, keepdim=True))
    labels = target.unsqueeze(-1)
    ignored = labels == ignore_index
    labels = labels.masked_fill(ignored, 0)
    w = torch.ones_like(log_probs[..., :1]) if weight is None else weight[labels]
    w = w.masked_fill(ignored, 0.0)
    losses = -w * torch.gather(log_probs, -1, labels)
    if reduction == "none":
        return losses
    if reduction == "mean":
        return losses.sum() / w.sum()
    if reduction == "sum":
        return losses.sum()
    raise ValueError(f"reduction must not be {reduction!r}")
