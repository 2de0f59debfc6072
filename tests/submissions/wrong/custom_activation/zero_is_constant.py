# expect: fails gradient-at-zero
# diagnosis: no-gradient-at-zero, exp-overflows
# why: exact zeros are answered with a constant 0 and get no gradient.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        y = input / (1 + torch.exp(-input))
        return y.masked_fill(input == 0, 0.0)
