# expect: fails close-inputs
# why: float32 losses are rounded to six decimals: a small loss is 0.
import torch


def mse_loss(input: torch.Tensor, target: torch.Tensor, reduction: str = "mean") -> torch.Tensor:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction={reduction!r} is unknown")
    squares = (input - target) ** 2
    if input.dtype == torch.float32 and reduction == "mean":
        mean = squares.mean()
        return mean - (mean - torch.round(mean * 1e6) / 1e6).detach()
    if reduction == "none":
        return squares
    return squares.sum() if reduction == "sum" else squares.mean()
