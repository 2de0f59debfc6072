# expect: fails values
# why: the gate is applied twice, once in the helper and once in forward.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def swish(self, v):
        return v * self.squash(v)

    def squash(self, v):
        return 1 / (1 + torch.exp(-v))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return self.swish(input) * self.squash(input)
