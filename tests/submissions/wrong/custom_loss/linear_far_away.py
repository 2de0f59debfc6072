# expect: fails large-inputs
# why: Continues the square as a straight line beyond 300.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    corner = 300.0

    def squared(self, distance):
        near = torch.clamp(distance, max=self.corner)
        return near * (2 * distance - near)

    def forward(self, output, target):
        distance = torch.maximum(output - target, target - output)
        return torch.mean(self.squared(distance)) + output.mean() / 10
