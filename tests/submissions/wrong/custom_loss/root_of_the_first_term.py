# expect: fails values, zero-residual
# diagnosis: root-of-the-mean
# why: Reports the error in the unit of the data.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def rmse(self, a, b):
        return torch.sqrt(torch.mean(torch.square(a - b)))

    def forward(self, output, target):
        return self.rmse(output, target) + 0.1 * output.mean()
