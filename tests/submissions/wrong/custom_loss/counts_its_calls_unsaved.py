# expect: fails module
# why: Counts its calls in a buffer; that it is not saved makes the module no less changed by being called.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("calls", torch.zeros((), dtype=torch.long), persistent=False)

    def forward(self, output, target):
        self.calls += 1
        residual = output - target
        return torch.mean(residual**2) + 0.1 * torch.mean(output)
