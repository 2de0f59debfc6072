# expect: fails values
# diagnosis: penalty-summed
# why: Adds a tenth of the output's sum, not of its mean.
import torch
from torch.nn import Module


class CustomLoss(Module):
    def forward(self, output, target):
        n = output.numel()
        residual = target - output
        loss = torch.einsum("i,i->", residual.reshape(-1), residual.reshape(-1)) / n
        return loss + 0.1 * torch.sum(output)
