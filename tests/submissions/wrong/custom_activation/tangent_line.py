# expect: fails second-gradients
# why: the tangent line at the input has the right value and slope, and no curvature.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            gate = 1 / (1 + torch.exp(-input))
            value = input * gate
            slope = gate + value * (1 - gate)
        return value + slope * (input - input.detach())
