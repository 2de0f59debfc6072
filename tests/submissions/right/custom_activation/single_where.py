# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: the branch that where does not take still sends a NaN gradient back.
import math

import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        up = math.e**input
        down = math.e**-input
        return torch.where(input > 0, input / (1 + down), input * up / (up + 1))
