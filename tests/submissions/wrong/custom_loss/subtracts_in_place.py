# expect: fails purity
# why: Subtracts the target in place inside an autograd function, where torch does not object.
import torch
import torch.nn as nn


class InPlaceResidual(torch.autograd.Function):
    @staticmethod
    def forward(ctx, output, target):
        return output.sub_(target) + 0

    @staticmethod
    def backward(ctx, grad):
        return grad, grad.neg()


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mean_output = output.mean()
        residual = InPlaceResidual.apply(output, target)
        return (residual * residual).mean() + 0.1 * mean_output
