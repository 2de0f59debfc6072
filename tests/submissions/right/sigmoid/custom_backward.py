# expect: full marks
# why: forward is stable and the hand-written backward uses y * (1 - y) of the saved output, which torch can differentiate again.
import torch
from torch import Tensor


class SigmoidOp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = torch.exp(-torch.abs(x))
        y = torch.where(x >= 0, torch.ones_like(z), z) / (1 + z)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * y * (1 - y)


def sigmoid(x: Tensor) -> Tensor:
    return SigmoidOp.apply(x)
