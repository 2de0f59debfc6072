# expect: full marks
# why: Computes in float64 whatever comes in and casts the one number back to the output's dtype.
import torch
import torch.nn as nn

ALPHA = 0.1


class CustomLoss(nn.Module):
    def forward(self, output, target):
        o, t = output.double(), target.double()
        loss = torch.mean((o - t) * (o - t)) + ALPHA * torch.mean(o)
        return loss.to(dtype=output.dtype)
