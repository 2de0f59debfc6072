# expect: fails values
# diagnosis: absolute-error
# why: Measures the distance and forgets to square it.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        gap = output - target
        distance = torch.where(gap < 0, -gap, gap) * (gap != 0)
        return distance.mean() + 0.1 * output.mean()
