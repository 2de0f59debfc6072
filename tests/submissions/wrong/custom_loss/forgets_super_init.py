# expect: fails values, module
# why: Does not call super().__init__(), so that torch cannot call the module at all.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, factor=0.1):
        self.factor = factor

    def forward(self, output, target):
        mse = torch.square(target - output).mean()
        return mse + self.factor * output.mean()
