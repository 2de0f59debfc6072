# expect: fails graph
# why: Detaches the loss unless the output requires a gradient, and forgets that the target may.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        loss = (output - target).pow(2).mean() + output.mean() * 0.1
        return loss if output.requires_grad else loss.detach()
