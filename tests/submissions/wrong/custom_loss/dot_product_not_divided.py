# expect: fails values
# diagnosis: sum-for-mean
# why: Takes the dot product of the residual with itself and forgets to divide by its length.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = (output - target).flatten()
        return torch.dot(residual, residual) + output.flatten().mean() / 10
