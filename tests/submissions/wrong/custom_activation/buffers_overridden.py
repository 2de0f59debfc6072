# expect: fails module
# why: Has a buffer, and says that it has none.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("one", torch.ones(()))

    def named_buffers(self, *args, **kwargs):
        return iter(())

    def buffers(self, recurse=True):
        return iter(())

    def forward(self, x):
        one = self.one.to(x.device, x.dtype)
        return x / (one + torch.exp(-x))
