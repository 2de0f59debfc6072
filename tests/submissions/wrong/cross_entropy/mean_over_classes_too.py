# expect: fails values
# diagnosis: mean-over-classes, no-label-smoothing
# why: Averages the dense products over rows and classes, which divides by C once too often.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    axis = 0 if input.ndim == 1 else 1
    shifted = input - input.amax(dim=axis, keepdim=True)
    log_p = shifted - torch.log(torch.exp(shifted).sum(dim=axis, keepdim=True))
    if target.is_floating_point():
        q = target
    else:
        q = torch.zeros_like(log_p)
        keep = (target != ignore_index).unsqueeze(axis)
        q = q.scatter(axis, target.unsqueeze(axis) * keep, 1.0) * keep
    product = -(q * log_p)
    if weight is not None:
        product = product * weight.view([-1] + [1] * (input.ndim - axis - 1))
    if reduction == "mean":
        return product.mean()
    elif reduction == "sum":
        return product.sum()
    elif reduction == "none":
        return product.sum(dim=axis)
    else:
        raise ValueError("invalid reduction")
