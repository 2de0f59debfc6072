# expect: timeout: while the file is loaded, no answer within
# rules: same
# why: The class cannot be asked what it is: its metaclass never answers.
import torch
from torch import nn


class Endless(type):
    def __call__(cls, *args, **kwargs):
        while True:
            pass


class CustomActivation(nn.Module, metaclass=Endless):
    def forward(self, input):
        return input / (1 + torch.exp(-input))
