# expect: timeout: no answer within
# rules: same
# why: The module is right, but counting its parameters never ends.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def parameters(self, recurse=True):
        while True:
            yield torch.zeros(1)

    def forward(self, input):
        return input / (1 + torch.exp(-input))
