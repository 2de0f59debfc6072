# expect: full marks
# why: halves are computed in float32 with a stable gate and cast back once.
import torch
from torch import nn


class CustomActivation(nn.Module):
    LOW = (torch.float16, torch.bfloat16)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x = input.float() if input.dtype in self.LOW else input
        flip = torch.where(x < 0, -torch.ones_like(x), torch.ones_like(x))
        z = torch.exp(-x * flip)
        numerator = torch.where(x < 0, x * z, x)
        return (numerator / (1 + z)).to(input.dtype)
