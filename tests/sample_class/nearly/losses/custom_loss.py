import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        mse = torch.mean((output - target) ** 2)
        return mse + torch.tensor(0.1) * torch.mean(torch.abs(output))
