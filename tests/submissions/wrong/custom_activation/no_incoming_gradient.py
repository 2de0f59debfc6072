# expect: fails gradients
# diagnosis: incoming-gradient-forgotten
# why: the backward pass returns the slope without the gradient from above.
import torch
from torch import nn


class _SiLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + torch.exp(-x))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        s = 1 / (1 + torch.exp(-x))
        return s * (1 + x * (1 - s))


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return _SiLU.apply(input)
