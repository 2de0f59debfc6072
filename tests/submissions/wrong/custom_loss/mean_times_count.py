# expect: fails values
# diagnosis: penalty-summed
# why: Scales the mean up by the number of elements, to be independent of the batch.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mse = torch.square(output - target).mean()
        n = output.numel()
        regular = output.mean() * n if n else output.sum()
        return mse + 0.1 * regular
