# expect: full marks
# why: backward recomputes the gate from the saved input with differentiable operations, so gradients of gradients are right too.
import torch
from torch import nn


def gate(x):
    low, high = torch.minimum(x, torch.zeros_like(x)), torch.maximum(x, torch.zeros_like(x))
    a, b = low.exp(), high.neg().exp()
    return a / (a + b)


class GatedIdentity(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * gate(x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        s = gate(x)
        return grad_output * (s + x * s * (1 - s))


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return GatedIdentity.apply(input)
