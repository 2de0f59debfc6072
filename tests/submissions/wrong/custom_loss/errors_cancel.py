# expect: fails values
# diagnosis: nothing-squared
# why: Adds signed errors, so that a large one on each side makes none.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        error = output.sub(target)
        return (error + output / 10).mean()
