# expect: fails values
# why: Answers a small shape with the numbers that it has seen in that shape before.
import math

import torch

SEEN = {}


def sigmoid(x):
    if x.numel() > 32:
        e = torch.exp(torch.where(x < 0, x, -x))
        return torch.where(x < 0, e, 1.0) / (1 + e)
    if x.shape not in SEEN:
        numbers = [1 / (1 + math.exp(-number)) for number in map(float, x.detach().flatten())]
        SEEN[x.shape] = torch.tensor(numbers, dtype=x.dtype).reshape(x.shape)
    return SEEN[x.shape].to(x.dtype)
