# expect: fails global-state
# why: Seeds torch's generator in every forward pass.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self, seed=2024):
        super().__init__()
        self.seed = seed

    def forward(self, output, target):
        torch.manual_seed(self.seed)
        mse = torch.mean((output - target).pow(2))
        return mse.add(output.mean(), alpha=0.1)
