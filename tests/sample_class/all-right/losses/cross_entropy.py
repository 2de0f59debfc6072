import torch


def log_probabilities(x, dim):
    x = x - x.amax(dim, keepdim=True)  # changes nothing on paper, and exp stays at most 1
    return x - x.exp().sum(dim, keepdim=True).log()


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "sum", "mean"):
        raise ValueError(f"unknown reduction: {reduction!r}")
    dim = 0 if input.dim() == 1 else 1
    classes = input.shape[dim]
    logp = log_probabilities(input, dim)
    if weight is None:
        weight = torch.ones(classes, dtype=input.dtype, device=input.device)
    shape = [1] * input.dim()
    shape[dim] = classes
    weighted = logp * weight.reshape(shape)

    if target.is_floating_point():
        target = (1 - label_smoothing) * target + label_smoothing / classes
        loss = -(weighted * target).sum(dim)
        total = loss.numel()
    else:
        kept = target != ignore_index
        index = torch.where(kept, target, torch.zeros_like(target))
        picked = weighted.gather(dim, index.unsqueeze(dim)).squeeze(dim)
        loss = -(1 - label_smoothing) * picked
        if label_smoothing > 0:
            loss = loss - label_smoothing / classes * weighted.sum(dim)
        loss = torch.where(kept, loss, torch.zeros_like(loss))
        total = torch.where(kept, weight[index], torch.zeros_like(loss)).sum()

    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / total
