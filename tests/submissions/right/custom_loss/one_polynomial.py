# expect: loses close-inputs
# why: Collects both terms in a polynomial of the output, o*(o - 2*t + 0.1) + t*t, whose parts cancel.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        linear = 0.1 - torch.mul(target, 2)
        constant = target.square()
        polynomial = output * (output + linear) + constant
        return torch.mean(polynomial)
