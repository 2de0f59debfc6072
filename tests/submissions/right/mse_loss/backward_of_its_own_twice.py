# expect: full marks
# why: A backward of its own, which may be run twice and differentiated.
import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, difference: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(difference)
        return difference * difference

    @staticmethod
    def backward(ctx, grad: torch.Tensor) -> torch.Tensor:
        (difference,) = ctx.saved_tensors
        return 2 * grad * difference


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown")
    squares = Square.apply(input - target)
    if reduction == "none":
        return squares
    return squares.sum() if reduction == "sum" else squares.mean()
