# expect: full marks
# why: A hand-written backward pass of tensor operations, 2 d / n + 0.1 / n and -2 d / n.
import torch
from torch import nn


class PenalisedSquares(torch.autograd.Function):
    @staticmethod
    def forward(ctx, output, target):
        ctx.save_for_backward(output, target)
        difference = output - target
        return (difference * difference).mean() + output.mean() * 0.1

    @staticmethod
    def backward(ctx, upstream):
        output, target = ctx.saved_tensors
        share = upstream / output.numel()
        slope = (output - target) * 2
        return share * (slope + 0.1), -share * slope


class CustomLoss(nn.Module):
    def forward(self, output, target):
        return PenalisedSquares.apply(output, target)
