# expect: fails values
# diagnosis: gate-without-input, exp-overflows
# why: the sigmoid is returned and never multiplied by the input.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return 1 / (1 + torch.exp(-input))
