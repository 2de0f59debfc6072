# expect: fails stable-gradients
# why: the backward pass computes sinh / cosh again, which is infinity over infinity for large inputs.
import torch


class StableTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        q = torch.expm1(-2 * torch.abs(x))
        return torch.sign(x) * -q / (q + 2)

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        t = torch.sinh(x) / torch.cosh(x)
        return grad_output * (1 - t * t)


def tanh(x: torch.Tensor) -> torch.Tensor:
    return StableTanh.apply(x)
