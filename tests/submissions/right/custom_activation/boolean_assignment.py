# expect: full marks
# why: negative and other numbers are computed apart, each by the quotient that cannot overflow for it.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        out = torch.empty_like(input)
        is_negative = input < 0
        n, p = input[is_negative], input[~is_negative]
        grow = torch.exp(n)
        out[is_negative] = n * grow / (1 + grow)
        out[~is_negative] = p / (1 + torch.exp(-p))
        return out
