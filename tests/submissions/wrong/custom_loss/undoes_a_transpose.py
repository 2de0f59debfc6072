# expect: fails layout
# why: Takes every output that is not contiguous for a transposed one and swaps its dimensions.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        if not output.is_contiguous():
            output = output.transpose(0, -1).reshape(target.shape)
        residual = output.subtract(target)
        return residual.multiply(residual).mean() + output.mean().multiply(0.1)
