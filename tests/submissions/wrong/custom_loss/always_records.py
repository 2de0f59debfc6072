# expect: fails graph
# why: Computes under enable_grad, against the caller's no_grad.
import torch
from torch import nn


class CustomLoss(nn.Module):
    @torch.enable_grad()
    def forward(self, output, target):
        error = output - target
        return error.square().mean() + 0.1 * output.mean()
