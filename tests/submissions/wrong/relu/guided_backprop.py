# expect: fails gradients
# why: negative incoming gradients are dropped too, as in guided backpropagation.
import torch


class GuidedReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * (x > 0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        keep = (y > 0) & (grad_output > 0)
        return grad_output * keep


def relu(x: torch.Tensor) -> torch.Tensor:
    return GuidedReLU.apply(x)
