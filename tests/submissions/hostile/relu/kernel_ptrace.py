# expect: crash: SIGSYS
# rules: same
# why: Attaches to its parent as a debugger.
import ctypes
import os

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.ptrace(16, os.getppid(), 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "ptrace")
    return torch.where(x <= 0, 0.0, x)
