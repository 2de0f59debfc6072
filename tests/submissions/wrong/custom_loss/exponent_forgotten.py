# expect: fails values
# diagnosis: nothing-squared
# why: The exponent of the power is 1.
import torch
from torch import nn


class CustomLoss(nn.Module):
    power = 1

    def forward(self, output, target):
        fit = torch.pow(output - target, self.power).sum() / output.numel()
        return fit + 0.1 * torch.mean(output)
