# expect: fails dtype
# why: Multiplies elementwise with a tensor of ones that has torch's default dtype.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        ones = torch.ones(output.size(), device=output.device)
        squares = ones * torch.pow(target - output, 2)
        return squares.mean() + (ones * output).mean() / 10
