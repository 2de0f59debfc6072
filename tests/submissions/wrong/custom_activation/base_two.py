# expect: fails precision
# why: the exponential is a power of 2 with ln 2 typed to ten digits.
import torch
from torch import nn

LN2 = 0.6931471806


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input * (1 / (1 + torch.exp2(-input / LN2)))
