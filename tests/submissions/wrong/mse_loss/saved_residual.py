# expect: fails second-gradients
# why: Saves the residual made inside forward; to the second derivative it is a constant.
import torch


class Quadratic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, target):
        residual = input - target
        ctx.save_for_backward(residual)
        return residual * residual

    @staticmethod
    def backward(ctx, grad_output):
        (residual,) = ctx.saved_tensors
        slope = grad_output * residual * 2
        return slope, slope.neg()


def mse_loss(input, target, reduction="mean"):
    elementwise = Quadratic.apply(input, target)
    if reduction == "mean":
        return elementwise.mean()
    if reduction == "sum":
        return elementwise.sum()
    if reduction == "none":
        return elementwise
    raise ValueError("reduction=" + repr(reduction))
