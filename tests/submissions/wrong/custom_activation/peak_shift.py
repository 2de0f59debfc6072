# expect: fails shape
# why: the exponentials are shifted by the largest input, which an empty input does not have.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        peak = torch.amax(input.detach().abs()) / 2
        a, b = torch.exp(input / 2 - peak), torch.exp(-input / 2 - peak)
        return input * a / (a + b)
