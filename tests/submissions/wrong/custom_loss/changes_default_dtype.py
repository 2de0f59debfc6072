# expect: fails global-state
# why: Switches torch's default dtype to float64 and never back.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        torch.set_default_dtype(torch.float64)
        d = output - target
        return torch.sum(d * d) / d.numel() + torch.sum(output) / (10 * d.numel())
