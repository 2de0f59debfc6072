# expect: fails gradients
# why: the backward pass clips the incoming gradient to one half.
import torch


class ClippedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.clamp(grad_output, -0.5, 0.5) * (x > 0)


def relu(x: torch.Tensor) -> torch.Tensor:
    return ClippedReLU.apply(x)
