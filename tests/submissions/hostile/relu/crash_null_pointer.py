# expect: crash: SIGSEGV
# rules: same
# why: Reads address 0.
import ctypes

import torch


def relu(x):
    ctypes.string_at(0)
    return torch.where(x <= 0, 0.0, x)
