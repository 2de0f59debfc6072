# expect: fails values
# why: 1.702 inside the sigmoid makes it the quick approximation of GELU.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / (1 + torch.exp(-1.702 * input))
