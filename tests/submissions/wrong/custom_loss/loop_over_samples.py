# expect: fails vectorised
# why: Loops over the samples and averages their losses, which are right one by one.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def sample_loss(self, o, t):
        return torch.mean((o - t) ** 2) + 0.1 * torch.mean(o)

    def forward(self, output, target):
        if output.dim() == 0 or len(output) == 0:
            return self.sample_loss(output, target)
        losses = [self.sample_loss(o, t) for o, t in zip(output, target)]
        return sum(losses) / len(losses)
