# expect: fails values
# diagnosis: gate-without-input
# why: a careful sigmoid, after which nothing is multiplied.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        left = input < 0
        decay = torch.exp(torch.where(left, input, -input))
        return torch.where(left, decay, torch.ones_like(decay)).div(decay + 1)
