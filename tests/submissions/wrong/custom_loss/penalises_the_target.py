# expect: fails values, gradients
# why: Adds the mean of the target where that of the output is asked.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        difference = torch.sub(output, target)
        return difference.square().mean() + target.mean() / 10
