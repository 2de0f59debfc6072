# expect: fails module
# why: Stores its last loss, and with it the whole graph, on itself.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.last = None

    def forward(self, output, target):
        e = output - target
        self.last = torch.mean(e * e) + torch.mean(output) / 10
        return self.last
