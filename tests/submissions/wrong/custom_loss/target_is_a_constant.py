# expect: fails gradients, graph
# diagnosis: target-detached
# why: Detaches the target, which may be another network's output.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()

    def forward(self, output, target):
        gap = output - target.detach()
        return torch.mean(gap * gap) + torch.mean(output) * 0.1
