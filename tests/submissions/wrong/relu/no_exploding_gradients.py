# expect: fails stable-gradients
# why: the gradient of huge inputs is cut off in the backward pass.
import torch


class SafeReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return torch.where(x <= 0, torch.zeros_like(x), x)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        huge = 4e4 if x.dtype == torch.float16 else 1e5
        open_gate = (x > 0) & (x < huge)
        return grad_output * open_gate


def relu(x: torch.Tensor) -> torch.Tensor:
    return SafeReLU.apply(x)
