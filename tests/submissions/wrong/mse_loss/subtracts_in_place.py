# expect: fails purity
# why: Subtracts in place inside its autograd function, where torch does not object, and so spoils the input.
import torch


class Residual(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input, target):
        input -= target
        return input.clone()

    @staticmethod
    def backward(ctx, grad):
        return grad, -grad


def mse_loss(input, target, reduction="mean"):
    r = Residual.apply(input, target)
    loss = r * r
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError("reduction must be a known one")
