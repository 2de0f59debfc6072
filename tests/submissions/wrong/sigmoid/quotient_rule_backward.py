# expect: fails stable-gradients
# diagnosis: exp-overflows
# why: the quotient rule exp(-x) / (1 + exp(-x)) squared is infinity over infinity far to the left.
import torch


class Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        z = torch.exp(-torch.abs(x))
        return torch.where(x >= 0, 1 / (1 + z), z / (1 + z))

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        e = torch.exp(-x)
        return grad * (e / (1 + e) / (1 + e))


def sigmoid(x: torch.Tensor) -> torch.Tensor:
    return Sigmoid.apply(x)
