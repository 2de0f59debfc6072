# expect: fails module
# why: Halves the factor with every call, so that a module works right once.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.alpha = 0.1

    def forward(self, output, target):
        loss = (target - output).square().mean() + self.alpha * output.mean()
        self.alpha = self.alpha / 2
        return loss
