# expect: full marks
# why: the hand-written backward pass blocks the gradient where x <= 0.
import torch


class ReLUFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        dead = x <= 0
        ctx.save_for_backward(dead)
        return x.masked_fill(dead, 0)

    @staticmethod
    def backward(ctx, grad_output):
        (dead,) = ctx.saved_tensors
        return grad_output.masked_fill(dead, 0)


def relu(x: torch.Tensor) -> torch.Tensor:
    return ReLUFunction.apply(x)
