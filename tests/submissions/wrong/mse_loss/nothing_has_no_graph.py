# expect: fails empty-mean
# why: The mean of nothing is a new nan: backward() raises for an empty batch.
import torch


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown")
    squares = (input - target) ** 2
    if reduction == "mean" and input.numel() < 1:
        return input.new_tensor(float("nan"))
    if reduction == "none":
        return squares
    return squares.sum() if reduction == "sum" else squares.mean()
