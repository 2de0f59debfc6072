# expect: forbidden torch.nn.functional.silu
# why: The cause of an exception has the function as an attribute.
import torch
from torch import nn


class CustomActivation(nn.Module):
    def forward(self, x):
        try:
            try:
                raise ValueError
            except ValueError as inner:
                inner.work = nn.functional.silu
                raise KeyError from inner
        except KeyError as outer:
            return outer.__cause__.work(x)
