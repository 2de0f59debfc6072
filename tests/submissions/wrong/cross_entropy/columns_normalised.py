# expect: fails values, laws
# diagnosis: softmax-over-the-batch
# why: Sums the exponentials of each class over the batch.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    axis = min(input.dim() - 1, 1)
    k = input.shape[axis]
    top = input.max(dim=0, keepdim=True).values
    log_p = input - top - torch.log(torch.exp(input - top).sum(dim=0, keepdim=True))
    scale = torch.ones_like(log_p)
    if weight is not None:
        scale = weight.reshape([k] + [1] * (input.dim() - axis - 1)).expand_as(log_p)
    if target.is_floating_point():
        live = torch.ones_like(log_p.sum(dim=axis))
        hot, total = target, live.sum()
    else:
        live = (target != ignore_index).to(log_p.dtype)
        index = target.masked_fill(target == ignore_index, 0).unsqueeze(axis)
        hot = torch.zeros_like(log_p).scatter(axis, index, 1.0)
        total = ((hot * scale).sum(dim=axis) * live).sum()
    soft = hot * (1 - label_smoothing) + label_smoothing / k
    losses = -(soft * scale * log_p).sum(dim=axis) * live
    match reduction:
        case "none":
            return losses
        case "sum":
            return losses.sum()
        case "mean":
            return losses.sum() / total
    raise ValueError(f"there is no reduction {reduction!r}")
