# expect: full marks
# why: Turns every target into a distribution by scatter, so that one formula serves indices and probabilities.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction != "mean" and reduction != "sum" and reduction != "none":
        raise ValueError("reduction should be mean, sum or none, got " + str(reduction))
    axis = 0 if input.ndim == 1 else 1
    n_classes = input.shape[axis]

    # log softmax
    m = input.max(dim=axis, keepdim=True).values.detach()
    log_z = m + torch.log(torch.exp(input - m).sum(dim=axis, keepdim=True))
    log_p = input - log_z

    w = torch.ones_like(input)
    if weight is not None:
        shape = [1] * input.ndim
        shape[axis] = n_classes
        w = weight.reshape(shape)

    if target.is_floating_point():
        q = target
        mask = torch.ones_like(target)
        denominator = target.numel() / n_classes
    else:
        ignored = target.eq(ignore_index)
        index = torch.where(ignored, torch.zeros_like(target), target).unsqueeze(axis)
        mask = (~ignored).unsqueeze(axis).to(input.dtype)
        q = torch.zeros_like(input).scatter(axis, index, 1.0)
        denominator = (q * w * mask).sum()
    q = (q * (1.0 - label_smoothing) + label_smoothing / n_classes) * mask
    losses = (q * w * log_p).sum(dim=axis).neg()
    if reduction == "none":
        return losses
    total = losses.sum()
    return total if reduction == "sum" else total / denominator
