# expect: fails gradients
# diagnosis: detached-factor, exp-overflows
# why: the gate is worked out under no_grad to save memory.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def gate(self, values: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return values.exp().div(1 + values.exp())

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.gate(input).mul(input)
