# expect: forbidden torch.sigmoid
# why: The exercise asks for the sigmoid too.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input):
        return input * torch.sigmoid(input)
