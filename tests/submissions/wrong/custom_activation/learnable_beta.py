# expect: fails module
# why: a learnable slope makes it Swish with a parameter.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.beta = nn.Parameter(torch.tensor(1.0))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / (1 + torch.exp(-self.beta.to(input.dtype) * input))
