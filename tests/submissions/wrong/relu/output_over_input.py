# expect: fails second-gradients, kink
# why: backward divides a stored output by the input: a slope of 1, but with a derivative of its own, and 0 / 0 at the kink.
import torch


class QuotientReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = torch.where(x > 0, x, torch.zeros_like(x))
        ctx.y = y.clone()
        ctx.save_for_backward(x)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * ctx.y / x


def relu(x: torch.Tensor) -> torch.Tensor:
    return QuotientReLU.apply(x)
