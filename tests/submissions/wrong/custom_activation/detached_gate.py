# expect: fails gradients
# diagnosis: detached-factor
# why: the gate is treated as a constant, so the product rule loses a term.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = 1 / (1 + torch.exp(-input.detach()))
        return input * gate
