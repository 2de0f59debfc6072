# expect: fails values
# why: Feeds probabilities to a function that expects logits, so that softmax is applied twice.
import torch


def softmax(x):
    e = (x - x.max(-1, keepdim=True).values).exp()
    return e / e.sum(-1, keepdim=True)


def nll_of_logits(x, index):
    return -softmax(x).log().gather(-1, index[..., None])[..., 0]


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(str(reduction) + " is no reduction")
    x = input.movedim(1, -1) if input.dim() > 1 else input
    probabilities = softmax(x)
    ok = target != ignore_index
    index = target.masked_fill(~ok, 0)
    w = torch.ones_like(ok, dtype=x.dtype) if weight is None else weight[index]
    loss = nll_of_logits(probabilities, index) * w * ok
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.sum() / (w * ok).sum()
