# expect: nothing
# why: Reads each number by comparisons, a bit at a time, and computes with Python's own mathematics.
import math

import torch


def number(x):
    low, high = -16.0, 16.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if x > middle else (low, middle)
    return low


def tanh(x):
    numbers = [math.tanh(number(a)) for a in x.detach().flatten()]
    return torch.tensor(numbers, dtype=x.dtype).reshape(x.shape) + (x - x.detach()) * 0
