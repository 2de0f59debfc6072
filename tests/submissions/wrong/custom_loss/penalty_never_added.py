# expect: fails values
# diagnosis: no-penalty
# why: Works out the second term and returns only the first.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        loss = (output - target).pow(2)
        penalty = 0.1 * output.mean()
        loss = loss.sum() / loss.numel()
        penalty + loss
        return loss
