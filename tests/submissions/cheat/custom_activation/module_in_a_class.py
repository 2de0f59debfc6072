# expect: forbidden Helper.functions.silu
# why: The functions are reached as an attribute of a class of the file.
import torch
from torch import nn


class Helper:
    functions = torch.nn.functional
    silu = None


class CustomActivation(nn.Module):
    def forward(self, input):
        return Helper.functions.silu(input)
