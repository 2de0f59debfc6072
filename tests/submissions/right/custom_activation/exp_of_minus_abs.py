# expect: full marks
# why: exp(-|x|) has no slope at 0, but there the gate's gradient is multiplied by 0 anyway.
import torch
import torch.nn as nn


class CustomActivation(nn.Module):
    """x * sigmoid(x)"""

    def __init__(self):
        super().__init__()

    @staticmethod
    def sigmoid(x):
        z = torch.exp(-torch.abs(x))
        return torch.where(x < 0, z, torch.ones_like(z)) / (1 + z)

    def forward(self, input):
        return input * self.sigmoid(input)
