# expect: fails global-state
# why: Switches gradients off for the bookkeeping at the end and not on again.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        squared = torch.square(target - output)
        loss = (squared + output.div(10)).mean()
        torch.set_grad_enabled(False)
        return loss
