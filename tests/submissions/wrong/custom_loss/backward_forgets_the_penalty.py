# expect: fails gradients
# diagnosis: penalty-detached
# why: The hand-written slope is that of the mean squared error alone.
import torch
import torch.nn as nn


class LossFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, output, target):
        ctx.save_for_backward(output, target)
        return (output - target).square().mean() + 0.1 * output.mean()

    @staticmethod
    def backward(ctx, grad):
        output, target = ctx.saved_tensors
        slope = 2 * (output - target) / output.numel()
        return grad * slope, -grad * slope


class CustomLoss(nn.Module):
    def forward(self, output, target):
        return LossFunction.apply(output, target)
