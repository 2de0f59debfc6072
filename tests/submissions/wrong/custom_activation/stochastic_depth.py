# expect: fails global-state
# why: a coin is tossed in train mode although the probability to skip is 0.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self, skip: float = 0.0):
        super().__init__()
        self.skip = skip

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        out = input / (1 + torch.exp(-input))
        if self.training and torch.rand(1) < self.skip:
            return input * 1
        return out
