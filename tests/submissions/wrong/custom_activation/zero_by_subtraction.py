# expect: fails infinities
# diagnosis: exp-overflows
# why: input - input is used as a tensor of zeros, which is NaN for infinities.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        zeros = input - input
        gate = torch.exp(zeros) / (torch.exp(zeros) + torch.exp(-input))
        return input * gate
