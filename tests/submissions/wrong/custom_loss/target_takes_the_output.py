# expect: fails purity
# why: Copies the output over the target "for the next step" and so changes the caller's tensor.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        residual = output - target
        loss = residual.pow(2).mean() + 0.1 * output.mean()
        with torch.no_grad():
            target.copy_(output)
        return loss
