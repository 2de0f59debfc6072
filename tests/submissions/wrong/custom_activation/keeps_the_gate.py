# expect: fails module
# why: the last gate is kept on the module, which holds on to memory and graph.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = None

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        self.gate = 1 / (1 + torch.exp(-input))
        return input * self.gate
