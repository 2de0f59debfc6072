# expect: fail: allocate memory
# rules: same
# why: 32 GB in the backward of an own autograd.Function.
import torch


class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.where(x <= 0, 0.0, x)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * torch.ones(2**33)


def relu(x):
    return Relu.apply(x)
