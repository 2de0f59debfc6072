# expect: fails device
# why: the ones are made on the CPU.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        ones = torch.ones(input.shape, dtype=input.dtype)
        return input * torch.div(ones, ones + torch.exp(-input))
