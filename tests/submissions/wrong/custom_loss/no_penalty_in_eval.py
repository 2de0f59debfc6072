# expect: fails module
# why: Leaves the second term out in eval mode.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        loss = (output - target).pow(2).mean()
        if self.training:
            loss = loss + 0.1 * output.mean()
        return loss
