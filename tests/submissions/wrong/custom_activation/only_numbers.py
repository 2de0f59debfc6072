# expect: fails nan
# diagnosis: nan-swallowed
# why: the sum of two masked products leaves out what is on neither side of 0.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        zero = torch.zeros_like(input)
        p = torch.where(input > 0, input, zero)
        n = torch.where(input <= 0, input, zero)
        e = torch.exp(n)
        return p / (1 + torch.exp(-p)) + n * e / (1 + e)
