# expect: fails gradients
# why: the backward pass applies y * (1 - y) to the input instead of the output.
import torch


class Logistic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return 1 / (1 + torch.exp(-x))

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * (1 - y)


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return Logistic.apply(x)
