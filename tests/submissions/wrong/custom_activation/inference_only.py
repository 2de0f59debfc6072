# expect: fails graph, gradients
# diagnosis: detached-result
# why: the decorator no_grad is left on forward.
import torch
from torch import nn


class CustomActivation(nn.Module):
    @torch.no_grad()
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return input / (1 + torch.exp(-input))
