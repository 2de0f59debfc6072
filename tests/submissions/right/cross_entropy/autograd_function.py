# expect: full marks
# why: Writes log-softmax with its own backward pass, made of the output and tensor operations only.
import torch
from torch.autograd import Function


class LogSoftmax(Function):
    @staticmethod
    def forward(ctx, x, dim):
        x = x - x.amax(dim, keepdim=True)
        out = x - x.exp().sum(dim, keepdim=True).log()
        ctx.save_for_backward(out)
        ctx.dim = dim
        return out

    @staticmethod
    def backward(ctx, grad):
        (out,) = ctx.saved_tensors
        return grad - out.exp() * grad.sum(ctx.dim, keepdim=True), None


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    reducers = {"mean", "sum", "none"}
    if reduction not in reducers:
        raise ValueError(f"reduction must be one of {sorted(reducers)}")
    dim = 1 if input.dim() > 1 else 0
    k = input.shape[dim]
    logp = LogSoftmax.apply(input, dim)
    if weight is None:
        cost = -logp
    else:
        cost = -logp * weight.view([-1] + [1] * (input.dim() - dim - 1))
    average_cost = cost.sum(dim) / k
    if target.is_floating_point():
        hard_cost = (target * cost).sum(dim)
        # the smoothed distribution is (1 - s) q + s / K, for any q
        loss = (1 - label_smoothing) * hard_cost + label_smoothing * average_cost
        norm = loss.numel()
    else:
        counted = target != ignore_index
        label = torch.where(counted, target, 0)
        hard_cost = cost.gather(dim, label.unsqueeze(dim)).squeeze(dim)
        loss = (1 - label_smoothing) * hard_cost + label_smoothing * average_cost
        loss = loss.masked_fill(~counted, 0.0)
        if weight is None:
            norm = counted.sum()
        else:
            norm = weight.gather(0, label.flatten()).masked_fill(~counted.flatten(), 0.0).sum()
    if reduction == "mean":
        return loss.sum() / norm
    return loss.sum() if reduction == "sum" else loss
