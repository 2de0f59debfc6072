# expect: fails elementwise, values
# why: one gate, of the mean, is used for all elements.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = 1 / (1 + torch.exp(-input.mean()))
        return input * gate
