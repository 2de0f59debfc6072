# expect: forbidden nn.functional.glu
# why: A gated unit of the input with itself is the answer.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input):
        return nn.functional.glu(torch.stack([input, input]), dim=0)[0]
