# expect: fails close-inputs
# why: Forgives residuals below a millionth of the target.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    tolerance = 1e-6

    def forward(self, output, target):
        d = output - target
        d = d.masked_fill(d.abs() <= self.tolerance * target.abs(), 0.0)
        return d.pow(2).mean() + output.mean() / 10
