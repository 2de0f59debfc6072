# expect: fails layout
# why: Flattens with view, which raises for tensors that are not contiguous.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        flat_output = output.view(-1)
        flat_target = target.view(-1)
        error = flat_output - flat_target
        return (error @ error) / error.numel() + 0.1 * flat_output.mean()
