# expect: fails precision, empty-mean
# why: Adds 1e-10 to the count against a division by zero.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        count = output.numel() + 1e-10
        residual = output - target
        squares = torch.sum(residual * residual) / count
        return squares + 0.1 * (torch.sum(output) / count)
