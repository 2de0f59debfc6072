# expect: fails values
# diagnosis: sign-of-the-exponent, exp-overflows
# why: the gate opens for negative inputs.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        e = torch.exp(input)
        return input * (1 / (e + 1))
