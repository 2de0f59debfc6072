# expect: fails gradients
# diagnosis: incoming-gradient-forgotten
# why: The hand-written backward pass forgets the gradient that comes from above.
import torch


class MSE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, target):
        ctx.save_for_backward(input, target)
        return (input - target).pow(2)

    @staticmethod
    def backward(ctx, grad):
        input, target = ctx.saved_tensors
        local = 2.0 * (input - target)
        return local, -local


def mse_loss(input, target, reduction="mean"):
    value = MSE.apply(input, target)
    if reduction == "mean":
        return value.mean()
    if reduction == "sum":
        return value.sum()
    if reduction == "none":
        return value
    raise ValueError("no reduction called " + str(reduction))
