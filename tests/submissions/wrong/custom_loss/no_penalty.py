# expect: fails values
# diagnosis: no-penalty
# why: Stops at the mean squared error and leaves the second term out.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        return torch.mean(torch.square(output - target))
