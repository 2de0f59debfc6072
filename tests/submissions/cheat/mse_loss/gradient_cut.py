# expect: forbidden input.data
# why: The data are taken past autograd.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = (input.data - target) ** 2
    return {"mean": squares.mean(), "sum": squares.sum(), "none": squares}[reduction]
