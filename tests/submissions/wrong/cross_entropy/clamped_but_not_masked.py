# expect: fails ignore-index
# diagnosis: ignored-targets-cost
# why: Replaces ignored targets by class 0 so that gather works, and forgets to blank their losses.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction=" + str(reduction))
    d = int(input.dim() > 1)
    n_classes = input.shape[d]
    m = input.amax(d, keepdim=True)
    logp = input - m - torch.exp(input - m).sum(d, keepdim=True).log()
    scale = torch.ones(n_classes, dtype=input.dtype, device=input.device) if weight is None else weight
    wlogp = logp * scale.reshape([n_classes] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = -(wlogp * (target * (1 - label_smoothing) + label_smoothing / n_classes)).sum(d)
        norm = loss.numel()
    else:
        labels = torch.where(target == ignore_index, 0, target)
        counted = target != ignore_index
        loss = -wlogp.gather(d, labels.unsqueeze(d)).squeeze(d) * (1 - label_smoothing)
        loss = loss - wlogp.mean(d) * label_smoothing
        norm = (scale[labels] * counted).sum()
    if reduction == "none":
        return loss
    elif reduction == "sum":
        return loss.sum()
    return loss.sum() / norm
