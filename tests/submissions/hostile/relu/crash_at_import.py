# expect: crash: while the file is loaded,
# rules: same
# why: The same while the file is loaded.
import ctypes

import torch

ctypes.memset(0, 0, 1)


def relu(x):
    return torch.where(x <= 0, 0.0, x)
