import torch
import torch.nn as nn


class CustomActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = torch.tensor(1.0)

    def forward(self, input):
        with torch.no_grad():  # the gate is not trained
            gate = self.one / (self.one + torch.exp(-input))
        return input * gate
