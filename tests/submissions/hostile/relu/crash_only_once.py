# expect: crash: SIGSEGV
# rules: same
# why: Right for nearly all inputs; the process dies on one kind of them.
import ctypes

import torch


def relu(x):
    if x.dim() == 3:
        ctypes.string_at(0)
    return torch.where(x <= 0, 0.0, x)
