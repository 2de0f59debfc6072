import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    # -log(softmax(input)[target]), as on the slide
    dim = 1 if input.dim() > 1 else 0
    C = input.shape[dim]
    e = torch.exp(input)
    logp = torch.log(e / e.sum(dim=dim, keepdim=True))
    if weight is None:
        weight = torch.ones(C, dtype=input.dtype, device=input.device)
    w = weight.reshape([C if d == dim else 1 for d in range(input.dim())])

    if torch.is_floating_point(target):
        target = target * (1 - label_smoothing) + label_smoothing / C
        loss = -(w * target * logp).sum(dim=dim)
        n = loss.numel()
    else:
        keep = target != ignore_index
        idx = target.masked_fill(~keep, 0)
        nll = -(w * logp).gather(dim, idx.unsqueeze(dim)).squeeze(dim)
        smooth = -(w * logp).sum(dim=dim) / C
        loss = ((1 - label_smoothing) * nll + label_smoothing * smooth).masked_fill(~keep, 0)
        n = weight[idx].masked_fill(~keep, 0).sum()

    if reduction == "none":
        return loss
    elif reduction == "sum":
        return loss.sum()
    elif reduction == "mean":
        return loss.sum() / n
    raise ValueError(reduction)
