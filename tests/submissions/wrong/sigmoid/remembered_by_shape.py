# expect: fails values
# why: Answers a shape with the numbers that it has seen in that shape before.
import math

import torch

SEEN = {}


def sigmoid(x):
    if x.shape not in SEEN:
        numbers = [1 / (1 + math.exp(-number)) for number in map(float, x.detach().flatten()[:32])]
        SEEN[x.shape] = torch.tensor(numbers + [0.5] * (x.numel() - len(numbers)), dtype=x.dtype).reshape(x.shape)
    return SEEN[x.shape].to(x.dtype)
