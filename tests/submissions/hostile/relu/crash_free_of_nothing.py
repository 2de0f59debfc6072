# expect: crash: SIG
# rules: same
# why: Frees memory that was never allocated.
import ctypes

import torch


def relu(x):
    ctypes.CDLL(None).free(ctypes.c_void_p(8))
    return torch.where(x <= 0, 0.0, x)
