# expect: fails reductions
# why: Divides the sum by the number of rows, as a training loop would report it.
import torch


def mse_loss(input, target, reduction="mean"):
    residual = (input - target).unsqueeze(0) if input.dim() == 0 else input - target
    rows = residual.shape[0]
    squares = residual.square()
    total = squares.sum()
    if reduction == "sum":
        return total / rows
    if reduction == "mean":
        return total / squares.numel()
    if reduction == "none":
        return squares.reshape(input.shape)
    raise ValueError("what is " + repr(reduction))
