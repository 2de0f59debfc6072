# expect: fails module
# why: Keeps the inputs it has seen in a dict: the module has a state, and memory grows.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[int, float] = {}

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        self.seen[len(self.seen)] = 1.0
        decay = torch.exp(torch.where(input < 0, input, -input))
        return input * (torch.where(input < 0, decay, 1.0) / (1.0 + decay))
