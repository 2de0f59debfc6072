# expect: fail or crash: PermissionError | SIGSYS
# rules: same
# why: openat2 and open_tree past libc.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    how = ctypes.create_string_buffer(24)
    if max(libc.syscall(437, -100, b"@secret@", how, 24), libc.syscall(428, -100, b"@secret@", 0)) == -1:
        raise OSError(ctypes.get_errno(), "openat2")
    return torch.where(x <= 0, 0.0, x)
