# expect: fails gradients
# why: the derivative is 1 - y squared, not 1 - y.
import torch


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        e = torch.exp(2 * x)
        y = (e - 1) / (e + 1)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * (1 - y)


def tanh(x: torch.Tensor) -> torch.Tensor:
    return Tanh.apply(x)
