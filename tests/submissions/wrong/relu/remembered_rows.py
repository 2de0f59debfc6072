# expect: fails values
# why: Remembers the first answer to every dtype and size, whatever numbers come later.
import functools

import torch


@functools.cache
def table(dtype, size):
    return torch.linspace(-1, 1, size, dtype=torch.float64).clamp(min=0).to(dtype)


def relu(x):
    return table(x.dtype, x.numel()).to(x.device).reshape(x.shape) + x * 0
