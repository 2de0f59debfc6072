# expect: fails device
# why: Weighs both terms with a vector that it makes on the CPU.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        terms = torch.stack([(output - target).square().mean(), output.mean()])
        weights = torch.tensor([1.0, 0.1], dtype=output.dtype)
        return (weights * terms).sum()
