import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    """Class indices only; ignored positions are dropped, but still counted in the mean."""
    dim = 0 if input.dim() == 1 else 1
    logp = input - torch.log(torch.sum(torch.exp(input), dim, keepdim=True))
    keep = target != ignore_index
    index = torch.where(keep, target, torch.zeros_like(target))
    loss = -logp.gather(dim, index.unsqueeze(dim)).squeeze(dim)
    loss = (1 - label_smoothing) * loss - label_smoothing * logp.mean(dim)
    if weight is not None:
        loss = loss * weight[index]
    loss = torch.where(keep, loss, torch.zeros_like(loss))
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    return loss.mean()
