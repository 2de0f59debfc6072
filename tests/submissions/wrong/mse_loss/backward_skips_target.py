# expect: fails gradients
# why: The custom backward returns None for the target.
import torch
from torch.autograd import Function


class _Square(Function):
    @staticmethod
    def forward(ctx, prediction, truth):
        ctx.save_for_backward(prediction, truth)
        e = prediction - truth
        return e * e

    @staticmethod
    def backward(ctx, g):
        prediction, truth = ctx.saved_tensors
        return g * 2 * (prediction - truth), None


def mse_loss(input, target, reduction="mean"):
    e = _Square.apply(input, target)
    options = dict(none=e, sum=e.sum(), mean=e.mean())
    if reduction not in options:
        raise ValueError(reduction)
    return options[reduction]
