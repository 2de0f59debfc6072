# expect: fails second-gradients
# why: Runs its backward pass under no_grad, so that it cannot be differentiated.
import torch


class SquaredError(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, b):
        ctx.save_for_backward(a, b)
        return torch.square(a - b)

    @staticmethod
    def backward(ctx, upstream):
        a, b = ctx.saved_tensors
        with torch.no_grad():
            to_a = 2 * (a - b) * upstream
            to_b = 2 * (b - a) * upstream
        return to_a, to_b


def mse_loss(input, target, reduction="mean"):
    if reduction not in ("none", "sum", "mean"):
        raise ValueError("bad reduction")
    se = SquaredError.apply(input, target)
    if reduction == "none":
        return se
    total = torch.sum(se)
    return total if reduction == "sum" else total / se.numel()
