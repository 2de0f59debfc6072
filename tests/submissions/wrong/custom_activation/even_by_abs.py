# expect: fails laws, values
# why: the magnitude is gated instead of the input, so the result is always positive.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        size = input.abs()
        z = torch.exp(-size)
        return size * torch.where(input < 0, z, torch.ones_like(z)) / (1 + z)
