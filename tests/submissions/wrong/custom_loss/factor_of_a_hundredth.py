# expect: fails values, gradients
# why: Weighs the mean output with 0.01.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, alpha=0.01):
        super().__init__()
        self.alpha = alpha

    def forward(self, output, target):
        mse = ((output - target) ** 2).mean()
        return mse + self.alpha * output.mean()
