# expect: forbidden ….silu
# why: A private module of torch's with the ready-made functions.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, x):
        return vars(vars(torch)["_C"])["_nn"].silu(x)
