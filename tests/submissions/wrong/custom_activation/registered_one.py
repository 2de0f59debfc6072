# expect: fails module
# why: the constant 1 is registered as a buffer and would be saved with the model.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("one", torch.ones(()))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        one = self.one.to(input)
        return input * (one / (one + torch.exp(-input)))
