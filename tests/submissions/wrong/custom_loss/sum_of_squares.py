# expect: fails values
# diagnosis: sum-for-mean
# why: Sums the squared residuals and averages only the second term.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        fit = torch.pow(output - target, 2).sum()
        size = output.mean().mul(0.1)
        return fit.add(size)
