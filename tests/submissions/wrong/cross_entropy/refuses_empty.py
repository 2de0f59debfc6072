# expect: fails empty-batch
# why: Raises for a batch without rows, where torch.nn returns nan, 0 or nothing.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("reduction cannot be " + repr(reduction))
    if input.numel() == 0:
        raise ValueError("the batch is empty")
    d = 0 if input.dim() == 1 else 1
    c = input.shape[d]
    z = input - input.max(d, keepdim=True)[0]
    logp = z - torch.log(z.exp().sum(d, keepdim=True))
    if weight is not None:
        logp = logp * weight.reshape([c] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = -torch.sum(logp * (target * (1 - label_smoothing) + label_smoothing / c), d)
        norm = loss.numel()
    else:
        pad = target == ignore_index
        label = target.masked_fill(pad, 0)
        loss = -torch.lerp(logp.gather(d, label.unsqueeze(d)).squeeze(d), logp.mean(d), label_smoothing)
        loss = loss.masked_fill(pad, 0)
        each = torch.ones_like(loss) if weight is None else weight[label]
        norm = each.masked_fill(pad, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / norm if reduction == "mean" else loss.sum()
