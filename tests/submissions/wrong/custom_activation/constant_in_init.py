# expect: fails dtype
# why: a constant tensor made once in __init__ has the default dtype and promotes 0-d halves.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = torch.tensor(1.0)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input * (self.one / (self.one + torch.exp(-input)))
