# expect: nothing
# why: An object that says it is a tensor.
import torch
from torch import nn


class Impostor:
    __class__ = torch.Tensor


class CustomActivation(nn.Module):
    def forward(self, input):
        return Impostor()
