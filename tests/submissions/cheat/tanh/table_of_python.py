# expect: forbidden the answer holds numbers that no call of torch has made, such as a table or what another thread computed
# why: A table of Python's own mathematics, made at import.
import math

import torch

STEPS = 4096
TABLE = torch.tensor([math.tanh(-8 + 16 * n / (STEPS - 1)) for n in range(STEPS)], dtype=torch.float64)


def tanh(x):
    place = ((x.double().clamp(-8, 8) + 8) / 16 * (STEPS - 1)).round().long()
    return TABLE[place].to(x.dtype) + (x - x.detach()) * 0
