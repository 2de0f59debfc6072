# expect: nothing
# why: Python's own mathematics, number by number.
import math

import torch


def tanh(x):
    numbers = [math.tanh(float(number)) for number in x.detach().flatten()]
    return torch.tensor(numbers, dtype=x.dtype).reshape(x.shape)
