# expect: fails values
# diagnosis: half-the-square
# why: The first term has the one half of physics.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def kinetic(self, v):
        return torch.square(v) / 2

    def forward(self, output, target):
        return self.kinetic(target - output).mean() + 0.1 * output.mean()
