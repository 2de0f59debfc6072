# expect: fails values, zero-residual
# diagnosis: root-of-the-mean
# why: Takes the root of the mean, which is the RMSE and has no gradient where everything fits.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = torch.square(target - input)
    if reduction == "none":
        return squares.sqrt()
    if reduction == "sum":
        return squares.sum().sqrt()
    if reduction == "mean":
        return squares.mean().sqrt()
    raise ValueError("reduction?")
