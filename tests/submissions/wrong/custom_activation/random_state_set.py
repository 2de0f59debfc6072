# expect: fails global-state
# why: forward reseeds torch's generator to be reproducible.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.seed = 2024

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        torch.manual_seed(self.seed)
        return input * torch.pow(1 + torch.exp(-input), -1)
