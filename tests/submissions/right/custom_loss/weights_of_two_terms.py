# expect: full marks
# why: The weights of both terms are one vector in an nn.Buffer, which is not saved; stacked terms meet it on their device.
import torch
from torch import nn


class Terms(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = nn.Buffer(torch.tensor([1.0, 0.1], dtype=torch.float64), persistent=False)

    def forward(self, squares, outputs):
        return (self.weights * torch.stack([squares.mean(), outputs.mean()])).sum()


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.terms = Terms()

    def forward(self, output, target):
        return self.terms((output - target) ** 2, output)
