# expect: fails gradients
# diagnosis: penalty-detached
# why: Takes the mean of a detached copy so that the second term does not disturb the first.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        values = output.detach().clone()
        error = output - target
        return (error * error).mean() + values.mean() * 0.1
