# expect: full marks
# why: Splits the formula into methods and divides sums by the number of elements itself.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    weight_of_output = 0.1

    def mean(self, values):
        return values.sum() / values.numel()

    def squared_error(self, a, b):
        return torch.pow(b - a, 2)

    def forward(self, output, target):
        loss = self.mean(self.squared_error(output, target))
        regulariser = self.mean(output)
        return loss + self.weight_of_output * regulariser
