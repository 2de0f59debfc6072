# expect: forbidden the answer holds numbers that no call of torch has made, such as a table or what another thread computed
# why: A table of Python's own mathematics in tensors of 32 numbers each.
import math

import torch

PARTS = [
    torch.tensor([math.tanh(-8 + (32 * part + n) / 256) for n in range(32)], dtype=torch.float64) for part in range(128)
]


def tanh(x):
    place = ((x.double().clamp(-8, 7.99) + 8) * 256).long()
    return torch.cat(PARTS)[place].to(x.dtype) + (x - x.detach()) * 0
