# expect: loses infinities, accuracy, precision
# why: The gate's exp is that of a 1,024th, squared ten times: f(x) - f(-x) is x to hundreds of eps.
import torch
from torch import nn


def exp_by_squaring(x):
    e = torch.exp(x / 1024)
    for _ in range(10):
        e = e * e
    return e


class CustomActivation(nn.Module):
    def forward(self, x):
        wide = x.double()
        gate = 1 / (1 + exp_by_squaring(-wide.clamp(-700.0, 700.0)))
        return (wide * gate).to(x.dtype)
