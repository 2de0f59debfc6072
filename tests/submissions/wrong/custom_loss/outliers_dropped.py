# expect: fails large-inputs
# why: Leaves residuals beyond 1000 out of the average.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = output - target
        inliers = residual[residual.abs() < 1000]
        return torch.mean(inliers * inliers) + 0.1 * torch.mean(output)
