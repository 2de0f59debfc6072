# expect: fails precision
# why: Adds 1e-10 inside a logarithm whose argument is never below one.
import torch

EPS = 1e-10


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("this is no reduction: " + repr(reduction))
    x = input if input.dim() == 1 else input.movedim(1, -1)
    x = x - x.amax(-1, keepdim=True)
    nlp = torch.log(torch.exp(x).sum(-1, keepdim=True) + EPS) - x
    c = x.shape[-1]
    w = nlp.new_ones(c) if weight is None else weight
    nlp = nlp * w
    if target.is_floating_point():
        q = target if target.dim() == 1 else target.movedim(1, -1)
        loss = (nlp * (q * (1 - label_smoothing) + label_smoothing / c)).sum(-1)
        count = loss.numel()
    else:
        skip = target == ignore_index
        t = target.masked_fill(skip, 0)
        loss = nlp.gather(-1, t.unsqueeze(-1)).squeeze(-1) * (1 - label_smoothing) + nlp.mean(-1) * label_smoothing
        loss = loss.masked_fill(skip, 0)
        count = w[t].masked_fill(skip, 0).sum()
    if reduction == "none":
        return loss
    return loss.sum() / count if reduction == "mean" else loss.sum()
