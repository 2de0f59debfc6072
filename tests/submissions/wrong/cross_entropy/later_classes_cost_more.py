# expect: fails values, laws
# why: Adds a small prior that grows with the class number, so that renaming classes changes the loss.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = input if input.dim() == 1 else input.movedim(1, -1)
    number = torch.arange(x.shape[-1], dtype=x.dtype, device=x.device)
    x = x - 0.01 * number
    top = x.amax(-1, keepdim=True)
    logp = x - top - (x - top).exp().sum(-1, keepdim=True).log()
    keep = target != ignore_index
    loss = -logp.gather(-1, (target * keep)[..., None])[..., 0] * keep
    if reduction == "none":
        return loss
    if reduction == "sum":
        return loss.sum()
    if reduction == "mean":
        return loss.sum() / keep.sum()
    raise ValueError("reduction: " + repr(reduction))
