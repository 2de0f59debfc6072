# expect: crash: SIGSEGV
# rules: same
# why: The forward is right; the process dies in the backward.
import ctypes

import torch


class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.where(x <= 0, 0.0, x)

    @staticmethod
    def backward(ctx, gradient):
        ctypes.string_at(8)


def relu(x):
    return Relu.apply(x)
