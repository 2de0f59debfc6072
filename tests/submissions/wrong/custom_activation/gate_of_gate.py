# expect: fails values
# why: the sigmoid is taken of the product instead of the input alone.
import torch
from torch import nn


def sigmoid(t):
    return 1 / (1 + torch.exp(-t))


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        s = sigmoid(input)
        return input * sigmoid(input * s)
