# expect: fails elementwise
# why: each number is computed by its own call.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def one(self, v):
        return v / (1 + torch.exp(-v))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if input.numel() == 0:
            return input * 1
        return torch.stack([self.one(v) for v in input.flatten()]).reshape(input.shape)
