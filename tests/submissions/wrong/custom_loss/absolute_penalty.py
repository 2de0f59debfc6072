# expect: fails values
# why: Penalises the mean of the absolute output, as L1 regularisation does.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        error = (target - output) * (target - output)
        l1 = torch.abs(output)
        return torch.mean(error + 0.1 * l1)
