# expect: fails second-gradients
# why: the backward pass runs under no_grad, so the gradient cannot be differentiated.
import torch


class MyTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = 2 / (1 + torch.exp(-2 * x)) - 1
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_y):
        (y,) = ctx.saved_tensors
        with torch.no_grad():  # no need to track this
            slope = 1 - y.square()
        return grad_y * slope


def tanh(x: torch.Tensor) -> torch.Tensor:
    return MyTanh.apply(x)
