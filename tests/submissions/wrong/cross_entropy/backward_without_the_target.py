# expect: fails gradients, laws
# why: Returns the softmax as gradient and forgets to subtract one at the target.
import torch
from torch.autograd import Function


class _NLL(Function):
    @staticmethod
    def forward(ctx, x, q):
        top = x.amax(-1, keepdim=True)
        e = torch.exp(x - top)
        ctx.save_for_backward(x)
        return ((torch.log(e.sum(-1, keepdim=True)) + top - x) * q).sum(-1)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        e = torch.exp(x - x.amax(-1, keepdim=True))
        return grad.unsqueeze(-1) * e / e.sum(-1, keepdim=True), None


def cross_entropy(input, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    x = input.movedim(min(1, input.dim() - 1), -1)
    if target.is_floating_point():
        q = target.movedim(min(1, target.dim() - 1), -1)
    else:
        live = (target != ignore_index).unsqueeze(-1)
        q = torch.zeros_like(x).scatter(-1, target.unsqueeze(-1) * live, 1.0) * live
    loss = _NLL.apply(x, q)
    if reduction == "mean":
        return loss.sum() / q.sum()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("use mean, sum or none")
