# expect: fails stable-gradients
# why: beyond 50 the value is right but detached from the input, so the gradient is 0 instead of 1.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        middle = input.clamp(-50, 50)
        low = torch.where(middle < 0, middle, -middle)
        e = torch.exp(low)
        gated = middle * torch.where(middle < 0, e / (1 + e), 1 / (1 + e))
        return torch.where(input > 50, input.detach(), gated)
