# expect: fails values
# why: the gate is kept between 1e-4 and 1 - 1e-4 against saturation.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = (1 + torch.exp(-input)) ** -1
        return input * gate.clamp(1e-4, 1 - 1e-4)
