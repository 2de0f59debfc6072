# expect: forbidden torch.polar
# why: The tangent of an imaginary number, made by polar coordinates.
import math

import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, x):
        z = torch.polar(x / 2, torch.full_like(x, math.pi / 2))
        return x * (1 + torch.tan(z).imag) / 2
