# expect: fails second-gradients
# why: the gate saved for backward is neither input nor output, so the gradient's own derivative misses it.
import torch
from torch import nn


class SwishOp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        gate = 1 / (1 + torch.exp(-x))
        ctx.save_for_backward(x, gate)
        return x * gate

    @staticmethod
    def backward(ctx, grad_output):
        x, gate = ctx.saved_tensors
        return grad_output * gate * (1 + x * (1 - gate))


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return SwishOp.apply(input)
