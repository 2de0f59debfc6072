# expect: fails values
# diagnosis: missing-parentheses, exp-overflows
# why: input * 1 / 1 + exp(-input) divides by 1 and adds the rest.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input * 1 / 1 + torch.exp(-input)
