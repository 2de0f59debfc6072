# expect: fails dtype
# why: the gate is allocated without a dtype and decides the product's dtype for halves.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = torch.zeros(input.shape, device=input.device)
        gate = gate + 1 / (1 + torch.exp(-input))
        return input * gate
