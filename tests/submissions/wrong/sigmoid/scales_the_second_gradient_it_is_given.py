# expect: fails purity
# why: Differentiated again, it writes into the gradient that comes in, which is the caller's.
import torch


class _Passing(torch.autograd.Function):
    @staticmethod
    def forward(ctx, slope):
        return slope.clone()

    @staticmethod
    def backward(ctx, grad):
        given = grad.clone()
        grad.mul_(100.0)
        return given


class _Sigmoid(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return gate(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return _Passing.apply(grad * gate(x) * gate(-x))


def gate(x):
    decay = torch.exp(torch.where(x < 0, x, -x))
    return torch.where(x < 0, decay, 1.0) / (1.0 + decay)


def sigmoid(x):
    return _Sigmoid.apply(x)
