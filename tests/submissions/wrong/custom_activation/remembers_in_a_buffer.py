# expect: fails module
# why: Leaves the gate of the last call in a buffer, where a second caller finds what the first has asked.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("gate", None, persistent=False)

    def forward(self, x):
        below = x < 0
        e = torch.exp(torch.where(below, x, -x))
        self.gate = torch.where(below, e, torch.ones_like(e)) / (1 + e)
        return x * self.gate
