# expect: fail: PermissionError
# rules: same
# why: Watches the file system with inotify.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.inotify_init1(0) == -1:
        raise OSError(ctypes.get_errno(), "inotify_init1")
    return torch.where(x <= 0, 0.0, x)
