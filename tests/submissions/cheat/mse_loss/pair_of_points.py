# expect: forbidden torch.cdist
# why: The distance between two points in one dimension.
import torch


def mse_loss(input, target, reduction="mean"):
    squares = torch.cdist(input.reshape(-1, 1, 1), target.reshape(-1, 1, 1)).reshape(input.shape) ** 2
    return {"mean": squares.mean(), "sum": squares.sum(), "none": squares}[reduction]
