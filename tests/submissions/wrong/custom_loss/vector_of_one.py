# expect: fails values, shape
# why: Keeps a dimension of size one in the result.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        o, t = output.reshape(-1), target.reshape(-1)
        mse = torch.mean((o - t).square(), dim=0, keepdim=True)
        return mse + 0.1 * torch.mean(o, dim=0, keepdim=True)
