import torch


def mse_loss(input, target, reduction="mean"):
    squares = (input - target) ** 2
    if reduction == "none":
        return squares
    total = sum(s.item() for s in squares.flatten())
    if reduction == "sum":
        return torch.tensor(total)
    if reduction == "mean":
        return torch.tensor(total / squares.numel())
    raise ValueError(reduction)
