# expect: fails purity, module
# why: a running maximum of the inputs scales the gate, so the module remembers what it saw.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.running = 0.0

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if input.numel():
            self.running = 0.5 * self.running + 0.5 * float(input.detach().abs().mean())
        scale = 1 + 0.01 * self.running
        return input / (1 + torch.exp(-scale * input))
