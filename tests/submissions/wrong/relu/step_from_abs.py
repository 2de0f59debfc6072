# expect: fails stable-gradients
# why: the backward pass builds the step as (x + |x|) / (2 |x|), and x + |x| overflows for the largest floats.
import torch


class SteppedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x <= 0, torch.zeros_like(x), x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        size = torch.abs(x)
        nonzero = torch.where(size == 0, torch.ones_like(size), size)
        return grad_output * ((x + size) / nonzero / 2)


def relu(x: torch.Tensor) -> torch.Tensor:
    return SteppedReLU.apply(x)
