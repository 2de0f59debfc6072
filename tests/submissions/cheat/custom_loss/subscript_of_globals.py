# expect: forbidden torch.nn.functional.mse_loss
# why: The name of the loss is a key of a dictionary.
import torch.nn.functional as F
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        functional = globals()["F"].__dict__
        return functional["mse_" + "loss"](output, target) + 0.1 * output.mean()
