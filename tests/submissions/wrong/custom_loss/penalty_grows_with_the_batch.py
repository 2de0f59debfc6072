# expect: fails values
# diagnosis: penalty-summed
# why: Adds a tenth of every output instead of a tenth of their mean.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        return torch.mean((target - output) ** 2) + (output / 10).sum()
