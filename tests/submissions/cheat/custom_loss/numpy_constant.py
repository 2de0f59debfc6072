# expect: forbidden the answer hands torch numbers of numpy's, which cut the gradient and know no devices
# why: Hands torch numbers of numpy's.
import numpy as np
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, input, target):
        difference = input - target
        return torch.mul(difference, np.float32(1)).square().mean()
