# expect: crash: SIGSYS
# rules: same
# why: The kernel's key rings outlive a process.
# needs: x86_64
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.syscall(248, b"user", b"hostile", b"x", 1, -3) == -1:
        raise OSError(ctypes.get_errno(), "add_key")
    return torch.where(x <= 0, 0.0, x)
