# expect: fails precision
# why: Adds 1e-10 to the loss so that it is never zero.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, eps=1e-10):
        super().__init__()
        self.eps = eps

    def forward(self, output, target):
        mse = torch.square(output - target).mean()
        return mse + 0.1 * output.mean() + self.eps
