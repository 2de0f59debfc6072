# expect: fails values
# why: the gate is kept for inputs of the same shape, so a second input meets the first one's gate.
import torch
from torch import nn


class CustomActivation(nn.Module):
    gates = {}

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        key = str(input.shape) + str(input.dtype) + str(input.device)
        if key not in self.gates:
            self.gates[key] = (1 / (1 + torch.exp(-input))).detach()
        return input * self.gates[key]
