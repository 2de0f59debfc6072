# expect: fails module
# why: Counts its calls in a buffer, so that the module has state to save.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.long))

    def forward(self, output, target):
        self.calls += 1
        residual = output - target
        return torch.mean(residual**2) + 0.1 * torch.mean(output)
