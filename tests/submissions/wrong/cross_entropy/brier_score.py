# expect: fails values
# why: Squares the difference between probabilities and one-hot targets.
import torch


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError("no such reduction: " + repr(reduction))
    d = int(input.dim() != 1)
    e = torch.exp(input - input.amax(d, True))
    p = e / e.sum(d, True)
    if target.is_floating_point():
        y = target
    else:
        shape = [1] * input.dim()
        shape[d] = -1
        y = (torch.arange(input.shape[d], device=input.device).reshape(shape) == target.unsqueeze(d)).to(p.dtype)
    score = torch.square(p - y).sum(d)
    return score if reduction == "none" else score.sum() if reduction == "sum" else score.mean()
