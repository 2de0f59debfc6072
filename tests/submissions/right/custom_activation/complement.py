# expect: loses stable-gradients, infinities, accuracy
# diagnosis: exp-overflows
# why: x - x / (1 + exp(x)) cancels in the left tail and subtracts NaN at infinity.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input - input / (1 + torch.exp(input))
