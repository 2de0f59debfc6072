# expect: forbidden F.silu
# why: The activation itself.
import torch.nn.functional as F
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input):
        return F.silu(input)
