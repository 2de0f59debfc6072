# expect: fails values
# diagnosis: no-penalty
# why: The factor of the second term is an integer division and so 0.
import torch
from torch import nn


class CustomLoss(nn.Module):
    factor = 1 // 10

    def forward(self, output, target):
        residual = target - output
        return (residual * residual + self.factor * output).mean()
