# expect: loses stable-values, stable-gradients, infinities, accuracy
# diagnosis: exp-overflows
# why: the tanh by exponentials overflows, and 1 + tanh cancels in the left tail.
import torch
from torch import nn


class CustomActivation(nn.Module):
    @staticmethod
    def tanh(v):
        return (torch.exp(v) - torch.exp(-v)) / (torch.exp(v) + torch.exp(-v))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        half = input / 2
        return half * (1 + self.tanh(half))
