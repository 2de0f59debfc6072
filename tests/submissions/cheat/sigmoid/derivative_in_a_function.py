# expect: forbidden F.softplus
# why: The derivative of softplus is the sigmoid; an own Function asks autograd for it.
import torch
import torch.nn.functional as F


class Slope(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        with torch.enable_grad():
            y = x.detach().requires_grad_()
            (slope,) = torch.autograd.grad(F.softplus(y).sum(), y)
        ctx.save_for_backward(slope)
        return slope

    @staticmethod
    def backward(ctx, g):
        (s,) = ctx.saved_tensors
        return g * s * (1 - s)


def sigmoid(x):
    return Slope.apply(x)
