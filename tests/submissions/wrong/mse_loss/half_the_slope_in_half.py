# expect: fails gradients
# why: In 16-bit dtypes its gradient is half of the right one.
import torch


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown")
    squares = (input - target) ** 2
    if input.element_size() == 2:
        squares = squares.detach() + (squares - squares.detach()) / 2
    if reduction == "none":
        return squares
    return squares.sum() if reduction == "sum" else squares.mean()
