# expect: fails probabilities
# why: Prepares the target distribution under no_grad, so that a learnable target gets no gradient.
import torch


@torch.no_grad()
def target_distribution(target, logits, axis, ignore_index, smoothing):
    c = logits.shape[axis]
    if target.is_floating_point():
        return target * (1 - smoothing) + smoothing / c
    counted = (target != ignore_index).unsqueeze(axis)
    onehot = torch.zeros_like(logits).scatter(axis, target.unsqueeze(axis) * counted, 1.0)
    return (onehot * (1 - smoothing) + smoothing / c) * counted


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("unknown value for reduction")
    axis = min(input.dim() - 1, 1)
    z = input - input.amax(axis, keepdim=True)
    nlp = z.exp().sum(axis, keepdim=True).log() - z
    w = input.new_ones(input.shape[axis]) if weight is None else weight
    q = target_distribution(target, input, axis, ignore_index, label_smoothing)
    loss = (q * nlp * w.view([-1] + [1] * (input.dim() - axis - 1))).sum(axis)
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if target.is_floating_point():
        return loss.mean()
    live = target != ignore_index
    return loss.sum() / (w[target * live] * live).sum()
