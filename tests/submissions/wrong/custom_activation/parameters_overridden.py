# expect: fails module
# why: Has a parameter, and says that it has none.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.beta = nn.Parameter(torch.ones(()))

    def parameters(self, recurse=True):
        return iter(())

    def named_parameters(self, *args, **kwargs):
        return iter(())

    def forward(self, x):
        return x * (1 / (1 + torch.exp(-self.beta.to(x.device, x.dtype) * x)))
