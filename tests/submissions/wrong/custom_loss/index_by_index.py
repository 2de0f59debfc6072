# expect: fails vectorised
# why: Adds up the elements one index at a time.
import torch
import torch.nn as nn


class CustomLoss(nn.Module):
    def forward(self, output, target):
        o, t = output.flatten(), target.flatten()
        n = o.shape[0]
        squares = o.new_zeros(())
        values = o.new_zeros(())
        for i in range(n):
            squares = squares + (o[i] - t[i]) ** 2
            values = values + o[i]
        return squares / n + 0.1 * values / n
