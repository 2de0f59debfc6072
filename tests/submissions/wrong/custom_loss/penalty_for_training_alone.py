# expect: fails module
# why: In eval mode the penalty is a number without a gradient.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        penalty = 0.1 * output.mean()
        if not self.training:
            penalty = penalty.detach()
        return ((output - target) ** 2).mean() + penalty
