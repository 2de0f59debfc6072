# expect: fails global-state
# why: float64 is made the default dtype of the whole process to gain precision.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        torch.set_default_dtype(torch.double)
        gate = torch.exp(input) / (torch.exp(input) + 1)
        return (input * gate).to(input.dtype)
