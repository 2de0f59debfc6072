# expect: fails device
# why: Averages by a dot product with a weight vector that it makes on the CPU.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = (input - target).square()
    if reduction == "none":
        return squares
    if reduction == "sum":
        return squares.sum()
    if reduction == "mean":
        n = squares.numel()
        weights = torch.ones(n, dtype=squares.dtype)
        return torch.dot(squares.reshape(-1), weights) / n
    raise ValueError("reduction must be one of three words")
