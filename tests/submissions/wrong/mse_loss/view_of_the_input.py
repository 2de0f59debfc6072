# expect: fails layout
# why: Calls view, which raises for a transposed or strided tensor.
import torch


def mse_loss(input, target, reduction="mean"):
    x, y = input.view(-1), target.view(-1)
    squares = torch.square(x - y)
    if reduction == "mean":
        return squares.mean()
    if reduction == "sum":
        return squares.sum()
    if reduction == "none":
        return squares.view(input.shape)
    raise ValueError("reduction can be mean, sum and none")
