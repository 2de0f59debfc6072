# expect: full marks
# why: Says its own name, and what its base class says of it.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __repr__(self):
        return f"{self.__class__.__name__}: {super().__repr__()}"

    def extra_repr(self):
        return self.__class__.__qualname__

    def forward(self, x):
        assert repr(self).startswith("CustomActivation")
        negative = x < 0
        decay = torch.exp(torch.where(negative, x, -x))
        return x * (torch.where(negative, decay, 1.0) / (1.0 + decay))
