# expect: loses close-inputs
# why: Expands the square into o*o - 2*o*t + t*t, which cancels when output and target almost agree.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        expanded = output**2 - 2 * output * target + target**2
        return expanded.mean() + 0.1 * output.mean()
