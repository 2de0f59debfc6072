# expect: fails layout
# why: the flat copy of a non-contiguous result is filled in place of the result itself.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        result = torch.zeros_like(input)
        target = result.reshape(-1)
        source = input.reshape(-1)
        target += source / (1 + torch.exp(-source))
        return result
