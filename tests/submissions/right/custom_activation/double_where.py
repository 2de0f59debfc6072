# expect: full marks
# why: the sigmoid's two branches see only inputs that are safe for them, and the product is torch's SiLU at every special value.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        positive = input >= 0
        zero = torch.zeros_like(input)
        right = torch.exp(-torch.where(positive, input, zero))
        left = torch.exp(torch.where(positive, zero, input))
        gate = torch.where(positive, 1 / (1 + right), left / (1 + left))
        return input * gate
