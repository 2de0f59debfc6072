# expect: fails values
# why: input and gate are added.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = torch.reciprocal(1 + torch.exp(-input))
        return input + gate
