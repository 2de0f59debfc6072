# expect: forbidden v.item
# why: The elements are taken out one by one.
import math

import torch


def tanh(x):
    values = [math.exp(2 * v.item()) for v in x.flatten()]
    return torch.tensor([(e - 1) / (e + 1) for e in values], dtype=x.dtype).reshape(x.shape)
