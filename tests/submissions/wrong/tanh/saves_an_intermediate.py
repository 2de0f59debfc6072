# expect: fails second-gradients
# why: a tensor that is neither input nor output of the function is saved, and no gradient flows through it.
import torch


class _Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        cosh = torch.cosh(x)
        ctx.save_for_backward(cosh)
        return torch.sinh(x) / cosh

    @staticmethod
    def backward(ctx, grad_output):
        (cosh,) = ctx.saved_tensors
        return grad_output / cosh / cosh


def tanh(x: torch.Tensor) -> torch.Tensor:
    return _Tanh.apply(x)
