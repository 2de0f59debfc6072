# expect: fails purity
# diagnosis: input-overwritten
# why: mul_ overwrites the input that belongs to the caller.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        gate = 1 / (1 + torch.exp(-input))
        return input.mul_(gate)
