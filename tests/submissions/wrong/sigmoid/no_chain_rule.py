# expect: fails gradients
# diagnosis: incoming-gradient-forgotten
# why: the backward pass returns the derivative and forgets to multiply by the gradient that comes in.
import torch


class MySigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        e = torch.exp(-torch.abs(x))
        y = torch.where(x < 0, e / (1 + e), 1 / (1 + e))
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_out):
        (y,) = ctx.saved_tensors
        return y - y * y


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return MySigmoid.apply(x)
