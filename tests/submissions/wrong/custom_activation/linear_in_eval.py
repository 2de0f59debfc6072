# expect: fails module
# why: in eval mode the gate is left out, as if the activation were dropout.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return input.clone()
        return input * (1 + (-input).exp()).reciprocal()
