# expect: fails empty-mean
# why: Raises where there is nothing to average; torch.nn returns nan.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        if 0 in output.shape:
            raise ValueError(f"empty output of shape {tuple(output.shape)}")
        gap = target - output
        return (gap * gap + 0.1 * output).mean()
