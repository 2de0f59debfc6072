# expect: fails graph
# why: Marks the loss as requiring a gradient so that backward() never complains.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        loss = torch.mean((output - target) ** 2)
        loss = loss + torch.mean(output) * 0.1
        loss.requires_grad_()
        return loss
