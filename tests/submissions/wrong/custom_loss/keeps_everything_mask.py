# expect: fails global-state
# why: Draws a dropout mask that keeps everything, which still uses up random numbers.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, drop=0.0):
        super().__init__()
        self.drop = drop

    def forward(self, output, target):
        keep = torch.rand_like(output) >= self.drop
        squares = torch.where(keep, (output - target) ** 2, 0.0)
        return squares.mean() + 0.1 * output.mean()
