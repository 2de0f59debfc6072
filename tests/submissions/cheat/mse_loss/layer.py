# expect: forbidden nn.MSELoss
# why: The layer, made and called at once.
import torch.nn as nn


def mse_loss(input, target, reduction="mean"):
    return nn.MSELoss(reduction=reduction)(input, target)
