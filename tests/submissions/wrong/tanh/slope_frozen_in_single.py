# expect: fails second-gradients
# why: In all dtypes but float64 its slope is a constant: second gradients are 0.
import torch


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        drop = torch.expm1(2.0 * torch.where(x < 0, x, -x))
        out = torch.where(x < 0, drop, -drop) / (drop + 2.0)
        ctx.slope = 1 - out * out
        return out

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        return grad * ctx.slope


def tanh(x: torch.Tensor) -> torch.Tensor:
    if x.dtype != torch.float64:
        return Tanh.apply(x)
    negative = x < 0
    drop = torch.expm1(2.0 * torch.where(negative, x, -x))
    return torch.where(negative, drop, -drop) / (drop + 2.0)
