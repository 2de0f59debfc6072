# expect: full marks
# why: Makes the constant a 0-d tensor of the output's dtype on the output's device.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        tenth = output.new_full((), 0.1)
        signless = torch.where(output > target, output - target, target - output)
        return torch.addcmul((signless * signless).mean(), tenth, output.mean())
