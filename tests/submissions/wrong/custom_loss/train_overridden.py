# expect: fails module
# why: Leaves its mode changed, and overrides what would put it right again.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def train(self, mode=True):
        return self

    def forward(self, input, target):
        self.training = not self.training
        difference = input - target
        return difference.square().mean() + 0.1 * input.mean()
