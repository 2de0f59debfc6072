# expect: fails device, vectorised
# why: Fetches every residual to the host to see whether it is worth adding.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residuals = (output - target).reshape(-1)
        total = (residuals * 0).sum()
        for r in residuals:
            if bool(r != 0):
                total = total + r * r
        return total / residuals.numel() + 0.1 * output.mean()
