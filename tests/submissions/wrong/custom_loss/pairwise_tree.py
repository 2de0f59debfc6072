# expect: fails vectorised
# why: Sums in a tree of halves, whose depth grows with the data.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def tree_sum(self, v):
        while v.numel() > 1:
            if v.numel() % 2:
                v = torch.cat([v, v.new_zeros(1)])
            v = v[0::2] + v[1::2]
        return v.sum()

    def forward(self, output, target):
        per_element = (output - target).square() + 0.1 * output
        return self.tree_sum(per_element.reshape(-1)) / per_element.numel()
