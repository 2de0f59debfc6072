# expect: fails kink-as-torch
# diagnosis: slope-one-at-zero
# why: the hand-written backward uses x >= 0 and passes the gradient at exactly 0.
import torch


class Rectifier(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.masked_fill(x < 0, 0)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return torch.where(x >= 0, grad_output, torch.zeros_like(grad_output))


def relu(x: torch.Tensor) -> torch.Tensor:
    return Rectifier.apply(x)
