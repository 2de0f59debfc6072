# expect: fails purity
# why: Its backward writes into the gradient that comes in, which other layers still need.
import torch
from torch import nn


class Silu(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x)
        return x * gate(x)

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        (x,) = ctx.saved_tensors
        slope = gate(x) * (1 + x * gate(-x))
        if torch.is_grad_enabled():
            return grad * slope
        return grad.mul_(slope)


def gate(x: torch.Tensor) -> torch.Tensor:
    decay = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, decay, 1.0) / (1.0 + decay)


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return Silu.apply(input)
