# expect: timeout: no answer within
# rules: same
# why: The forward is right, the backward of an own autograd.Function never ends.
import torch


class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.where(x <= 0, 0.0, x)

    @staticmethod
    def backward(ctx, gradient):
        while True:
            pass


def relu(x):
    return Relu.apply(x)
