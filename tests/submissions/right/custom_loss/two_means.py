# expect: full marks
# why: Adds the mean squared residual and a tenth of the mean output, word for word.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mse = torch.mean((output - target) ** 2)
        return mse + 0.1 * torch.mean(output)
