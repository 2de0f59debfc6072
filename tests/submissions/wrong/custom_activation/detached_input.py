# expect: fails gradients
# diagnosis: detached-factor, exp-overflows
# why: the factor is detached and only the gate is differentiated.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        factor = input.detach()
        return factor / (1 + torch.exp(-input))
