# expect: fails close-inputs
# why: Drops the first term as soon as allclose says that output and target agree.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = output - target
        if torch.allclose(output, target):
            residual = residual * 0
        return torch.mean(residual.square()) + 0.1 * torch.mean(output)
