# expect: forbidden torch.nn.functional.mse_loss
# why: The loss itself.
import torch


def mse_loss(input, target, reduction="mean"):
    return torch.nn.functional.mse_loss(input, target, reduction=reduction)
