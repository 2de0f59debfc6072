# expect: full marks
# why: Composes two small modules without parameters, which is what nn.Module is for.
import torch
from torch import nn


class MeanSquare(nn.Module):
    def forward(self, output, target):
        return (output - target).square().mean()


class MeanOutput(nn.Module):
    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, output):
        return self.scale * output.mean()


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.fit = MeanSquare()
        self.penalty = MeanOutput(0.1)

    def forward(self, output, target):
        return self.fit(output, target) + self.penalty(output)
