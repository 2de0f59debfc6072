# expect: fails values
# why: Penalises the mean of the squared output, as weight decay would.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def square_mean(self, t):
        return (t * t).mean()

    def forward(self, output, target):
        return self.square_mean(output - target) + 0.1 * self.square_mean(output)
