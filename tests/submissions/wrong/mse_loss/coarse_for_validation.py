# expect: fails graph
# why: Without gradients the differences are rounded to bfloat16 first.
import torch


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown")
    difference = input - target
    if not (difference.requires_grad or input.is_leaf and torch.is_grad_enabled()):
        difference = difference.to(torch.bfloat16).to(input.dtype)
    squares = difference**2
    if reduction == "none":
        return squares
    return squares.sum() if reduction == "sum" else squares.mean()
