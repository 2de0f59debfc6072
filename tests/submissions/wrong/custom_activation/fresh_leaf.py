# expect: fails graph
# why: the input is copied into a new leaf that requires gradients, so nothing reaches the caller's tensor.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        leaf = input.clone().detach().requires_grad_(True)
        return leaf * (1 / (1 + torch.exp(-leaf)))
