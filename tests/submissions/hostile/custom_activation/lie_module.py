# expect: fail or crash:
# rules: same
# why: A module that answers every question about itself with what is asked for.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __getattribute__(self, name):
        if name in ("parameters", "buffers", "modules"):
            return lambda *args: []
        return super().__getattribute__(name)

    def forward(self, input):
        return input
