# expect: crash: status 0
# rules: same
# why: The forward is right; the process ends in the backward.
import os

import torch


class Relu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return torch.where(x <= 0, 0.0, x)

    @staticmethod
    def backward(ctx, gradient):
        os._exit(0)


def relu(x):
    return Relu.apply(x)
