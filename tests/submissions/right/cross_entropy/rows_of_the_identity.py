# expect: loses out-of-range
# why: A stable log-softmax, but one-hot vectors are rows of eye(C), where index -1 silently means the last class.
import torch


def one_hot(labels, classes, like):
    return torch.eye(classes, dtype=like.dtype, device=like.device)[labels]


def log_softmax(x):
    x = x - torch.amax(x, dim=-1, keepdim=True)
    return x - torch.log(torch.sum(torch.exp(x), dim=-1, keepdim=True))


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    logits = input if input.ndim == 1 else input.permute(0, *range(2, input.ndim), 1)
    logp = log_softmax(logits)
    num_classes = logits.shape[-1]
    scale = torch.ones_like(logp) if weight is None else weight.expand_as(logp)
    if target.is_floating_point():
        probs = target if target.ndim == 1 else target.permute(0, *range(2, target.ndim), 1)
        keep = torch.ones_like(logp[..., 0], dtype=torch.bool)
        normaliser = keep.sum()
    else:
        keep = target != ignore_index
        probs = one_hot(target * keep, num_classes, logp)
        normaliser = (probs * scale).sum(-1)[keep].sum()
    probs = (1 - label_smoothing) * probs + label_smoothing / num_classes
    loss = -torch.sum(probs * scale * logp, dim=-1)
    loss = torch.where(keep, loss, torch.zeros_like(loss))
    if reduction == "none":
        return loss
    elif reduction == "sum":
        return loss.sum()
    elif reduction == "mean":
        return loss.sum() / normaliser
    raise ValueError(f"{reduction!r} is not a valid reduction")
