# expect: fails zero-residual
# why: Squares by doubling the logarithm, whose slope at 0 is infinite.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        log_distance = torch.log(torch.abs(target - output))
        squares = torch.exp(log_distance + log_distance)
        return squares.mean() + 0.1 * output.mean()
