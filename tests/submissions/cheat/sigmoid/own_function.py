# expect: forbidden torch.sigmoid
# why: The activation hides in a hand-written autograd.Function.
import torch


class Squash(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.sigmoid(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * y * (1 - y)


def sigmoid(x):
    return Squash.apply(x)
