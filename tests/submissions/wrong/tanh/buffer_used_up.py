# expect: fails gradients
# why: The second backward pass through one graph starts from what the first has left of its buffer.
import torch


class Tanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: torch.Tensor) -> torch.Tensor:
        drop = torch.expm1(2.0 * torch.where(x < 0, x, -x))
        out = torch.where(x < 0, drop, -drop) / (drop + 2.0)
        ctx.slope = (1 - out * out).detach()
        return out

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        ctx.slope *= grad
        return ctx.slope.clone()


def tanh(x: torch.Tensor) -> torch.Tensor:
    return Tanh.apply(x)
