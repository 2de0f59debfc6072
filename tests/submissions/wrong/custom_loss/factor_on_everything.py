# expect: fails values
# why: A misplaced bracket puts the factor 0.1 on both terms.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        d = torch.flatten(output - target)
        o = torch.flatten(output)
        return 0.1 * (torch.dot(d, d) / len(d) + o.mean())
