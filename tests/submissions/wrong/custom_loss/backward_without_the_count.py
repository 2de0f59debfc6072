# expect: fails gradients
# why: Forgets in its backward pass that the mean divides by the number of elements.
import torch
from torch import nn
from torch.autograd import Function


class _Loss(Function):
    @staticmethod
    def forward(ctx, o, t):
        ctx.save_for_backward(o, t)
        d = o - t
        return torch.mean(d * d + o / 10)

    @staticmethod
    def backward(ctx, g):
        o, t = ctx.saved_tensors
        to_target = g * 2 * (t - o)
        return g / 10 - to_target, to_target


class CustomLoss(nn.Module):
    def forward(self, output, target):
        return _Loss.apply(output, target)
