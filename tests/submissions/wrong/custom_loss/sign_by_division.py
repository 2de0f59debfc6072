# expect: fails zero-residual
# why: Finds the sign of the residual as d / |d|, which is 0 / 0 where it vanishes.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        d = output - target
        sign = d / d.abs()
        positive = d * sign
        return torch.mean(positive * positive) + 0.1 * torch.mean(output)
