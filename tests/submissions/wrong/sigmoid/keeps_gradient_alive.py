# expect: fails stable-gradients
# why: where the sigmoid saturates the backward pass lets the gradient through unchanged.
import torch


class _Op(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        pos = torch.exp(torch.minimum(x, torch.zeros_like(x)))
        neg = torch.exp(torch.minimum(-x, torch.zeros_like(x)))
        y = pos / (pos + neg)
        ctx.save_for_backward(x, y)
        return y

    @staticmethod
    def backward(ctx, grad):
        x, y = ctx.saved_tensors
        usual = grad * (y * (1 - y))
        return torch.where(x.abs() > 40, grad, usual)  # no vanishing gradients


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return _Op.apply(x)
