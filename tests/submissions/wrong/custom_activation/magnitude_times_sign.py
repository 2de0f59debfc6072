# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero
# why: the input is split into sign and magnitude, and neither has a slope at 0.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        sign, size = torch.sign(input), torch.abs(input)
        z = torch.exp(-size)
        gate = torch.where(sign < 0, z, torch.ones_like(z)) / (1 + z)
        return sign * (size * gate)
