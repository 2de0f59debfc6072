# expect: fails zero-residual
# why: Measures the distance by the root of a square, which has no gradient at 0.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def distance(self, a, b):
        return torch.square(a - b).sqrt()

    def forward(self, output, target):
        distance = self.distance(output, target)
        return (distance**2).mean() + 0.1 * output.mean()
