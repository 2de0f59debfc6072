# expect: fails module
# why: Puts itself into eval mode and stays there.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        self.train(False)
        difference = torch.subtract(output, target)
        return torch.mean(torch.pow(difference, 2)) + torch.mean(torch.mul(output, 0.1))
