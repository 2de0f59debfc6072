# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: the textbook sigmoid overflows backwards for very negative inputs.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        sigmoid = 1 / (1 + torch.exp(-input))
        return input * sigmoid
