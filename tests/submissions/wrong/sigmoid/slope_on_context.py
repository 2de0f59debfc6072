# expect: fails second-gradients
# why: the slope is computed in forward and kept as a constant, so the gradient has no derivative of its own.
import torch


class SigmoidFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        s = 1 / (1 + torch.exp(-x))
        ctx.slope = s * (1 - s)
        return s

    @staticmethod
    def backward(ctx, g):
        return g * ctx.slope


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return SigmoidFunction.apply(x)
