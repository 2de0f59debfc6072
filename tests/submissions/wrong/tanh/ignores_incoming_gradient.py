# expect: fails gradients
# diagnosis: incoming-gradient-forgotten, exp-overflows
# why: the backward pass returns the slope alone, which is right only for a cotangent of ones.
import torch


class HyperbolicTangent(torch.autograd.Function):
    @staticmethod
    def forward(ctx, v):
        sinh = (torch.exp(v) - torch.exp(-v)) / 2
        cosh = (torch.exp(v) + torch.exp(-v)) / 2
        out = sinh / cosh
        ctx.save_for_backward(out)
        return out

    @staticmethod
    def backward(ctx, _):
        (out,) = ctx.saved_tensors
        return 1 - out**2


def tanh(x: torch.Tensor) -> torch.Tensor:
    return HyperbolicTangent.apply(x)
