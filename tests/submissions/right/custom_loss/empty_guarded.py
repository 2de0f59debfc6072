# expect: loses empty-mean
# why: Never divides by less than one element, so that the mean of nothing is 0 and not nan.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    @staticmethod
    def average(values):
        return torch.sum(values) / max(1, values.numel())

    def forward(self, output, target):
        square = torch.square(target - output)
        return self.average(square) + 0.1 * self.average(output)
