# expect: fails second-gradients
# why: the output's slope is kept as a plain attribute, which the second differentiation treats as a constant.
import torch


class TanhFn(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        z = torch.expm1(-2 * x.abs())
        y = -x.sign() * z / (z + 2)
        ctx.one_minus_y2 = 1 - y * y
        return y

    @staticmethod
    def backward(ctx, g):
        return ctx.one_minus_y2 * g


def tanh(x: torch.Tensor) -> torch.Tensor:
    return TanhFn.apply(x)
