# expect: crash or fail: SIGSYS | PermissionError | OSError
# rules: same
# why: The numbers of the x32 interface, which a careless filter lets through.
# needs: x86_64
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.syscall(0x40000000 + 257, -100, b"@secret@", 0) == -1:
        raise OSError(ctypes.get_errno(), "x32 openat")
    return torch.where(x <= 0, 0.0, x)
