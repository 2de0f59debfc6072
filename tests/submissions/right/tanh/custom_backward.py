# expect: full marks
# why: the hand-written backward uses 1 - y * y of the saved output, which never overflows and can be differentiated again.
import torch


class TanhOp(torch.autograd.Function):
    """y = tanh(x), dy/dx = 1 - y^2."""

    @staticmethod
    def forward(ctx, x):
        em = torch.expm1(-2 * x.abs())
        y = -em / (2 + em) * x.sign()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * (1 - y * y)


def tanh(x: torch.Tensor) -> torch.Tensor:
    return TanhOp.apply(x)
