# expect: fails accuracy
# why: below -12 the denominator's 1 + exp(x) is taken as 1.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        small = torch.exp(torch.minimum(input, torch.zeros_like(input)))
        denominator = small + torch.exp(torch.minimum(-input, torch.zeros_like(input)))
        denominator = torch.where(input < -12, torch.ones_like(denominator), denominator)
        return input * small / denominator
