# expect: fails layout
# why: the gate is read back from the flat input in memory order.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        strides = []
        step = 1
        for size in reversed(input.shape):
            strides.insert(0, step)
            step *= size
        linear = input.as_strided(input.shape, strides)
        return input / (1 + torch.exp(-linear))
