# expect: fail: PermissionError
# rules: same
# why: vfork, clone and clone3 past Python and libc.
# needs: x86_64
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    for number in (58, 56, 435):
        if libc.syscall(number, 0, 0, 0, 0, 0) != -1:
            return torch.where(x <= 0, 0.0, x)
    libc.syscall(56, 0, 0, 0, 0, 0)
    raise OSError(ctypes.get_errno(), "clone")
