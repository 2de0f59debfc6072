# expect: fails gradients
# diagnosis: incoming-gradient-forgotten, nan-at-infinity
# why: the backward pass returns the 0/1 mask and forgets the incoming gradient.
import torch


class _ReLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, input):
        mask = input > 0
        ctx.save_for_backward(mask)
        return input * mask

    @staticmethod
    def backward(ctx, grad):
        (mask,) = ctx.saved_tensors
        return mask.to(grad.dtype)


def relu(x: torch.Tensor) -> torch.Tensor:
    return _ReLU.apply(x)
