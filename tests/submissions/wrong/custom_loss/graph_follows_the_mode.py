# expect: fails graph
# why: Ties recording to train and eval mode, which have nothing to do with it.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        with torch.set_grad_enabled(self.training):
            delta = target - output
            return torch.mean(delta * delta) + torch.mean(output).div(10)
