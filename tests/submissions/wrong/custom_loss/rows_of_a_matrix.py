# expect: fails shape
# why: Averages over dimension 1 and then over the rows, which scalars and vectors do not have.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        per_row = torch.square(output - target).flatten(1).mean(dim=1)
        penalty = output.flatten(1).mean(dim=1)
        return torch.mean(per_row + 0.1 * penalty)
