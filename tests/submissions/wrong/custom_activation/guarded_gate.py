# expect: fails precision
# diagnosis: epsilon-in-the-denominator, exp-overflows
# why: an epsilon of 1e-12 is added to a denominator that is at least 1.
import torch
from torch import nn


class CustomActivation(nn.Module):
    eps = 1e-12

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / (1 + torch.exp(-input) + self.eps)
