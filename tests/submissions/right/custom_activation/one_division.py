# expect: loses stable-gradients
# diagnosis: exp-overflows
# why: x / (1 + exp(-x)) divides by infinity for very negative x, which gives 0 forwards and NaN backwards.
import torch
from torch import nn


class CustomActivation(nn.Module):
    """Swish with a single division."""

    def forward(self, input):
        denominator = input.neg().exp().add(1)
        return input.div(denominator)
