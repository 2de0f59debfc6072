# expect: full marks
# why: The constant is a buffer that no state_dict has; it follows the module to the input's device and dtype.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("one", torch.tensor(1.0), persistent=False)

    def forward(self, x):
        below = x < 0
        e = torch.exp(torch.where(below, x, -x))
        return x * (torch.where(below, e, self.one) / (self.one + e))
