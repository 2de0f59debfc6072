# expect: fails values
# why: Averages the residual before it squares, so that errors of both signs cancel.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mean_error = (output - target).mean()
        mean_output = output.mean()
        return mean_error**2 + 0.1 * mean_output
