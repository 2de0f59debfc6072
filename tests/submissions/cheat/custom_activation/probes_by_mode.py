# expect: forbidden nn.functional.silu
# why: Uses the ready-made function only while it is evaluated.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, x):
        return x / (1 + torch.exp(-x)) if self.training else nn.functional.silu(x)
