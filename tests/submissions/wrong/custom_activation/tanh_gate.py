# expect: fails laws, values
# why: the gate is tanh, so f(x) - f(-x) is 0 instead of x.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        e = torch.exp(-2 * input.abs())
        gate = input.sign() * (1 - e) / (1 + e)
        return input * gate
