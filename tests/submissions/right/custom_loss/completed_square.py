# expect: full marks
# why: Factors the elementwise loss as d*d + 0.1*(d + target), since output is residual plus target.
import torch
from torch.nn import Module


class CustomLoss(Module):
    def forward(self, output, target):
        d = output - target
        squares = d.pow(2).mean()
        mean_output = d.mean() + target.mean()
        return squares + mean_output / 10
