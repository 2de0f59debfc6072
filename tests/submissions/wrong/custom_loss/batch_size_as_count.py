# expect: fails values
# diagnosis: mean-over-samples
# why: Knows one kind of count, the batch size, and scalars have none.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        batch = output.size(0)
        square = torch.square(output - target).sum() / batch
        return square + 0.1 * output.mean()
