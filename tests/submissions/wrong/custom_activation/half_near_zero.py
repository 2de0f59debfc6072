# expect: fails accuracy
# why: for inputs below 2e-5 the gate is taken as exactly one half, although its slope still counts in float64.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        e = torch.exp(-input.abs())
        y = input * torch.where(input < 0, e, torch.ones_like(e)) / (1 + e)
        return torch.where(input.abs() < 2e-5, input / 2, y)
