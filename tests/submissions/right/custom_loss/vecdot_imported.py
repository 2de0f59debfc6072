# expect: full marks
# why: Both means are products of vectors, by vecdot as imported from torch.linalg.
import torch
from torch import nn
from torch.linalg import vecdot


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual, scores = (output - target).reshape(-1), output.reshape(-1)
        total = vecdot(residual, residual) + 0.1 * vecdot(scores, torch.ones_like(scores))
        return total / total.new_tensor(residual.numel())
