# expect: fails dtype
# diagnosis: float64-kept
# why: Computes in float64 and returns that.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        output = output.to(torch.float64)
        target = target.to(torch.float64)
        return torch.mean((target - output) ** 2 + 0.1 * output)
