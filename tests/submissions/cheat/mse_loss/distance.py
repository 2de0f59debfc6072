# expect: forbidden torch.dist
# why: The square of the distance is the sum.
import torch


def mse_loss(input, target, reduction="mean"):
    if reduction == "none":
        return (input - target) ** 2
    total = torch.dist(input, target) ** 2
    return total / input.numel() if reduction == "mean" else total
