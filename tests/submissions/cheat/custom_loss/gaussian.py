# expect: forbidden nn.functional.gaussian_nll_loss
# why: Twice a Gaussian loss of variance 1 is the mean of squares.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        variance = torch.ones_like(output)
        return 2 * nn.functional.gaussian_nll_loss(output, target, variance) + 0.1 * output.mean()
