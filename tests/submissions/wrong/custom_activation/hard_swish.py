# expect: fails values, gradients
# why: a clamped straight line replaces the sigmoid.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input * (input + 3).clamp(0, 6) / 6
