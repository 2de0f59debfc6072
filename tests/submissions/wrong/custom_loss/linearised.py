# expect: fails second-gradients
# why: Uses twice the frozen residual times the live one minus its square: right slope, no curvature.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        live = target - output
        frozen = live.detach()
        surrogate = frozen * (live + live - frozen)
        return surrogate.mean() + 0.1 * output.mean()
