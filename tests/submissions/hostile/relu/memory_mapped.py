# expect: fail: OSError | PermissionError | Cannot allocate memory
# rules: same
# why: 64 GB mapped past Python's and torch's allocators.
import mmap

import torch


def relu(x):
    mmap.mmap(-1, 64 << 30)
    return torch.where(x <= 0, 0.0, x)
