# expect: fails dtype
# why: Multiplies the 0-d mean by a 0-d tensor of torch's default dtype, which wins over half precision.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mse = (output - target).square().mean()
        hundred = torch.tensor(1.0) * 100
        return (mse * hundred + output.mean() * 10) / 100
