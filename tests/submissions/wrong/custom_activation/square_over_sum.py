# expect: fails stable-gradients
# diagnosis: exp-overflows
# why: backward divides by the square of 1 + exp(-x), and the quotient is infinity over infinity far to the left.
import torch
from torch import nn


class QuotientRule(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x / (1 + torch.exp(-x))

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        e = torch.exp(-x)
        d = 1 + e
        return g * ((1 / d) + x * (e / d) / d)


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return QuotientRule.apply(input)
