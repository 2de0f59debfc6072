# expect: loses empty-mean
# why: Answers 0 for an empty output before any mean is taken, a convention torch.nn does not share.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        if output.numel() == 0:
            return output.sum() * 0.0
        gap = output - target
        per_sample = gap.mul(gap)
        return per_sample.mean() + output.mean().div(10.0)
