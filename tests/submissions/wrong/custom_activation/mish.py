# expect: fails values
# why: the gate is the tanh of softplus, which is Mish.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        softplus = torch.log1p(torch.exp(-input.abs())) + input.clamp(min=0)
        q = torch.exp(-2 * softplus)
        return input * (1 - q) / (1 + q)
