# expect: full marks
# why: Writes the backward pass by hand out of tensors, so that it can be differentiated once more.
import torch


class SquaredDifference(torch.autograd.Function):
    """(input - target) ** 2 with its gradient 2 (input - target)."""

    @staticmethod
    def forward(ctx, input, target):
        ctx.save_for_backward(input, target)
        return (input - target) ** 2

    @staticmethod
    def backward(ctx, grad_output):
        input, target = ctx.saved_tensors
        slope = 2 * (input - target) * grad_output
        return slope, -slope


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError("reduction must be 'none', 'mean' or 'sum', not " + repr(reduction))
    loss = SquaredDifference.apply(input, target)
    if reduction == "none":
        return loss
    return loss.sum() if reduction == "sum" else loss.mean()
