# expect: full marks
# why: Takes one mean over the elementwise sum of both terms, which is the same by linearity.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    """mean of d * d + output / 10."""

    def __init__(self):
        super().__init__()
        self.ten = 10

    def forward(self, output, target):
        d = output - target
        per_element = d * d + output / self.ten
        return per_element.mean()
