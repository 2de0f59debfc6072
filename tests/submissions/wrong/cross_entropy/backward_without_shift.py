# expect: fails stable-gradients
# why: Shifts by the maximum in forward but not in its own backward pass, where the exponential overflows.
import torch


class NegativeLogSoftmax(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, dim):
        ctx.save_for_backward(x)
        ctx.dim = dim
        top = x.amax(dim, keepdim=True)
        return (x - top).exp().sum(dim, keepdim=True).log() + top - x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        p = x.exp() / x.exp().sum(ctx.dim, keepdim=True)
        return p * grad.sum(ctx.dim, keepdim=True) - grad, None


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    if reduction not in ("mean", "sum", "none"):
        raise ValueError("choose a reduction: mean, sum or none")
    d = min(input.dim() - 1, 1)
    nlp = NegativeLogSoftmax.apply(input, d)
    k = input.shape[d]
    w = input.new_ones(k) if weight is None else weight
    nlp = nlp * w.reshape([k] + [1] * (input.dim() - d - 1))
    if target.is_floating_point():
        loss = (nlp * (target * (1 - label_smoothing) + label_smoothing / k)).sum(d)
        count = loss.numel()
    else:
        on = target != ignore_index
        t = target.masked_fill(~on, 0)
        loss = on * (nlp.gather(d, t.unsqueeze(d)).squeeze(d) * (1 - label_smoothing) + nlp.mean(d) * label_smoothing)
        count = (on * w[t]).sum()
    if reduction == "none":
        return loss
    return loss.sum() / count if reduction == "mean" else loss.sum()
