# expect: forbidden functional.mse_loss
# why: The loss is imported by a string.
import importlib

from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        functional = importlib.import_module("torch.nn.functional")
        return functional.mse_loss(output, target) + 0.1 * output.mean()
