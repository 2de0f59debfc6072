# expect: full marks
# rules: same
# why: Counting its parameters by its own method would never end; nobody asks it.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def parameters(self, recurse=True):
        while True:
            yield torch.zeros(1)

    def forward(self, input):
        decay = torch.exp(-input.abs())
        return input * torch.where(input >= 0, 1 / (1 + decay), decay / (1 + decay))
