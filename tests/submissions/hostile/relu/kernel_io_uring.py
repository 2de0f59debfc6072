# expect: crash: SIGSYS
# rules: same
# why: Asynchronous input and output, which a filter of system calls does not see.
import ctypes

import torch

libc = ctypes.CDLL(None, use_errno=True)


def relu(x):
    if libc.syscall(425, 8, ctypes.create_string_buffer(120)) == -1:
        raise OSError(ctypes.get_errno(), "io_uring_setup")
    return torch.where(x <= 0, 0.0, x)
