# expect: fail: PermissionError | OSError | ModuleNotFoundError
# rules: same
# why: Shared memory is a file that looks like none.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.shm_open(b"/hostile-shared", 0o102, 0o600) == -1:
        raise OSError(ctypes.get_errno(), "shm_open")
    return torch.where(x <= 0, 0.0, x)
