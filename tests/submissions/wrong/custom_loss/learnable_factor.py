# expect: fails module
# why: Registers the fixed factor as a parameter, which an optimiser would then change.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(0.1, dtype=torch.float64), requires_grad=False)

    def forward(self, output, target):
        factor = self.factor.to(output)
        return (output - target).square().mean() + factor * output.mean()
