# expect: fails stable-gradients
# why: the slope is x squared over itself in the backward pass, which overflows for large inputs and vanishes for tiny ones.
import torch


class Ramp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        on = x > 0
        squared = torch.where(on, x, torch.ones_like(x)).square()
        return g * on * squared / squared


def relu(x: torch.Tensor) -> torch.Tensor:
    return Ramp.apply(x)
