# expect: full marks
# why: Contracts the flattened tensors with einsum and divides by their length at the end.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def __init__(self):
        super(CustomLoss, self).__init__()

    def forward(self, output, target):
        o = output.flatten()
        r = (target - output).flatten()
        sum_of_squares = torch.einsum("i,i->", r, r)
        sum_of_output = torch.einsum("i->", o)
        return (sum_of_squares + 0.1 * sum_of_output) / len(o)
