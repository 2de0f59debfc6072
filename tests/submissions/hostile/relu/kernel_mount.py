# expect: crash: SIGSYS
# rules: same
# why: A file system of its own over the results.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.mount(b"none", b"@folder@", b"tmpfs", 0, None) == -1:
        raise OSError(ctypes.get_errno(), "mount")
    return torch.where(x <= 0, 0.0, x)
