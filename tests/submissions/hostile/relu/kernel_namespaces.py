# expect: fail: PermissionError
# rules: same
# why: Root in a name space of its own.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.unshare(0x10000000 | 0x00020000) == -1:
        raise OSError(ctypes.get_errno(), "unshare")
    return torch.where(x <= 0, 0.0, x)
