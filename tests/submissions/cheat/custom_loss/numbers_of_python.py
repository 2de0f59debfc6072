# expect: forbidden ….item
# why: The loss leaves the tensor, and with it the gradient.
import torch
from torch import nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        loss = ((output - target) ** 2).mean().item() + 0.1 * output.mean().item()
        return torch.tensor(loss, dtype=output.dtype)
